import { z } from 'zod';
import { AgentId } from './names.js';

/** How machines become members of the fleet, and stay: docs/trust.md. */

/** What a certificate of the built-in authority says its holder is. */
export const MemberRole = z.enum(['agent', 'receiver', 'api']);
export type MemberRole = z.infer<typeof MemberRole>;

/** An invitation can be used for so long, and once. */
export const INVITATION_LIFE_MS = 15 * 60_000;
/** Of the certificates of agents, receivers and the API. */
export const CERTIFICATE_LIFE_MS = 30 * 86_400_000;

/** `POST /api/v1/agents/invitations` and `…/receivers/invitations`: what is to join. */
export const InvitationRequest = z
  .object({
    /** Name it will have; one that has joined before is replaced by whoever uses this. */
    id: AgentId,
    /** Where the joining machine reaches this control plane; left out: as `FLEET_ADDRESS` says. */
    address: z
      .string()
      .regex(
        /^(\[[0-9a-f:.]+\]|[A-Za-z0-9._-]+):\d{1,5}$/,
        'must be host:port, such as backup.example.org:7301',
      )
      .optional(),
  })
  .strict()
  .meta({ id: 'InvitationRequest' });
export type InvitationRequest = z.infer<typeof InvitationRequest>;

export const Invitation = z
  .object({
    role: MemberRole,
    id: AgentId,
    /** The one line for the other machine. Shown once: it holds a secret. */
    line: z.string(),
    /** What to type there. */
    command: z.string(),
    expiresAt: z.iso.datetime(),
    /** One of this name has joined already: it is cut off when the invitation is used. */
    replaces: z.boolean(),
  })
  .meta({ id: 'Invitation' });
export type Invitation = z.infer<typeof Invitation>;

/** `POST /api/v1/agents/{id}/revoke`: certificate, Redis user and sessions are over. */
export const Revocation = z
  .object({
    role: MemberRole,
    id: AgentId,
    revokedAt: z.iso.datetime(),
    /** Certificates that were still valid. */
    certificates: z.int().nonnegative(),
  })
  .meta({ id: 'Revocation' });
export type Revocation = z.infer<typeof Revocation>;

/** A certificate, a public key or several of them in PEM. */
const Pem = z.string().max(32_768).startsWith('-----BEGIN ');

/** `POST /join` on the fleet port. The private key stays where it was made. */
export const JoinRequest = z
  .object({
    token: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
    /** What joins: an invitation of an agent is none for a receiver. */
    role: MemberRole,
    publicKey: Pem,
    /** Signature by that key over the token (`proveKey`, purpose `join`). */
    proof: z.string().max(200),
    hostname: z.string().max(253),
    version: z.string().max(100),
  })
  .strict();
export type JoinRequest = z.infer<typeof JoinRequest>;

/** `POST /credentials` on the fleet port: what holds now, and a new certificate if it is time for one. */
export const CredentialsRequest = z
  .object({
    certificate: Pem,
    /** Milliseconds since 1970: a signature is good for a few minutes. */
    at: z.int().positive(),
    /** The address of Redis that it has, without user and password: it may have moved. Null: none. */
    redisAddress: z.string().max(4096).nullable(),
    /** By the key of the certificate over all of this (purpose `credentials`). */
    proof: z.string().max(200),
    hostname: z.string().max(253),
    version: z.string().max(100),
  })
  .strict();
export type CredentialsRequest = z.infer<typeof CredentialsRequest>;

/** How a member reaches Redis. */
export const MemberRedis = z.object({
  /** With user and password of its own. */
  url: z.string().max(4096),
  /** Who signed the certificates of Redis (PEM); null: the public authorities, or no TLS. */
  ca: Pem.nullable(),
});
export type MemberRedis = z.infer<typeof MemberRedis>;

/** The answer to both. */
export const CredentialsAnswer = z.object({
  role: MemberRole,
  id: AgentId,
  certificate: Pem,
  authority: Pem,
  ticketPublicKey: Pem,
  /** Null: as before, for the password is known to nobody but the member. */
  redis: MemberRedis.nullable(),
});
export type CredentialsAnswer = z.infer<typeof CredentialsAnswer>;

/** Certificates that are refused though they have not run out, as receivers are told of them. */
export const RevocationList = z.object({
  v: z.literal(1),
  /** Milliseconds since 1970: an older list never replaces a newer one. */
  issuedAt: z.int().positive(),
  /** Hex, as Node shows them. */
  serials: z.array(z.string().regex(/^[0-9A-F]{1,40}$/)).max(100_000),
  /** By the key of tickets over all of this (purpose `revocations`). */
  proof: z.string().max(200),
});
export type RevocationList = z.infer<typeof RevocationList>;
