import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { Inject, Injectable } from '@nestjs/common';
import {
  INVITATION_LIFE_MS,
  type Invitation,
  type InvitationRequest,
  type Revocation,
} from '@periodic-backup/contracts';
import { addInvitation, getMember, revokeMember, type Ledger } from '@periodic-backup/ledger';
import { hashOfToken, writeJoinLine } from '@periodic-backup/trust';
import type { RedisMember } from '@periodic-backup/authority';
import type { AdminApiConfig } from '../config.js';
import { LEDGER } from '../connections/tokens.js';
import { ProblemError, notFound } from '../http/problem.js';
import { FleetAuthority } from './fleet-authority.js';
import { RedisUsers } from './redis-users.js';
import { RevocationBoard } from './revocation-board.js';

export const ADMIN_API_CONFIG = Symbol('AdminApiConfig');

const TOKEN_BYTES = 32;
const PROGRAMS = { agent: 'sender-agent', receiver: 'receiver' } as const;

/** Lets machines in, and puts them out. */
@Injectable()
export class InvitationDesk {
  constructor(
    @Inject(ADMIN_API_CONFIG) private readonly config: AdminApiConfig,
    @Inject(LEDGER) private readonly ledger: Ledger,
    private readonly authority: FleetAuthority,
    private readonly users: RedisUsers,
    private readonly revocations: RevocationBoard,
  ) {}

  /** One machine may join under this name within 15 minutes. The line is told here and nowhere else. */
  async invite(
    role: RedisMember['role'],
    { id, address }: InvitationRequest,
    now = new Date(),
  ): Promise<Invitation> {
    const { fingerprint } = this.authority.required;
    const { host, port } = this.#address(address);
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    const expiresAt = new Date(now.getTime() + INVITATION_LIFE_MS);
    const known = await getMember(this.ledger, { role, id });
    const invitation = { tokenHash: hashOfToken(token), role, memberId: id, expiresAt };
    await addInvitation(this.ledger, invitation, now);
    const line = writeJoinLine({ host, port, fingerprint, token });
    return {
      ...{ role, id, line, expiresAt: expiresAt.toISOString() },
      command: `${PROGRAMS[role]} join '${line}'`,
      replaces: known !== null && known.revokedAt === null,
    };
  }

  /** The member is out within seconds: no certificate, no Redis, no session. @throws ProblemError 404 */
  async revoke(role: RedisMember['role'], id: string, now = new Date()): Promise<Revocation> {
    const revoked = await revokeMember(this.ledger, { role, id }, now);
    if (!revoked) throw notFound(role, id);
    await this.revocations.publish();
    // Should Redis be away, the user goes at the next look.
    await this.users.dismiss({ role, id }).catch(() => undefined);
    return { role, id, revokedAt: now.toISOString(), certificates: revoked.certificates };
  }

  /** @throws ProblemError 501 if nobody could join there */
  #address(address: string | undefined): { host: string; port: number } {
    const { FLEET_PORT: port, FLEET_ADDRESS, FLEET_HOST } = this.config;
    if (port === undefined)
      throw new ProblemError(
        501,
        'Machines cannot join: this API listens for none. Set FLEET_PORT (7301, say), FLEET_HOST to an address that they reach, and FLEET_ADDRESS to what they should dial: docs/trust.md.',
      );
    const text = address ?? FLEET_ADDRESS ?? `${FLEET_HOST === '0.0.0.0' ? hostname() : FLEET_HOST}:${port}`;
    const at = text.lastIndexOf(':');
    return { host: text.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(text.slice(at + 1)) };
  }
}
