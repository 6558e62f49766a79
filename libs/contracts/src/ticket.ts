import { createHash, sign, verify, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from './canonical-json.js';
import { AgentId, FolderName, SnapshotName } from './names.js';

const Digest = z.string().regex(/^[0-9a-f]{64}$/);

/** What a run may do: append one snapshot of one plan to one vault. SPEC: `pbk1.<claims>.<signature>`, base64url. */
export const TicketClaims = z.object({
  v: z.literal(1),
  verb: z.literal('append'),
  runId: z.uuid(),
  /** Fencing number of the plan: strictly greater for every attempt. Milliseconds since 1970 at dispatch. */
  epoch: z.int().positive(),
  agentId: AgentId,
  planId: z.uuid(),
  /** Folders of the vault: `<agentFolder>/<planFolder>/<snapshot>`. */
  agentFolder: FolderName,
  planFolder: FolderName,
  vaultId: z.uuid(),
  /** Files that left the source stay in later snapshots (after-transmit rule `move`). */
  accumulate: z.boolean(),
  /** SHA-256 (hex) of the canonical run order: a changed order is refused by the agent. */
  orderDigest: Digest,
  /** The same of what else the job says: which receivers, which limits (`digestTerms`). */
  termsDigest: Digest.optional(),
  /** Id of the key that may use it (SHA-256 of the public key, hex); left out: any of the agent's. */
  holder: Digest.optional(),
  /** Seconds since 1970. A session may be opened from `nbf` to `exp`. */
  nbf: z.int(),
  exp: z.int(),
});
export type TicketClaims = z.infer<typeof TicketClaims>;

/** What a reader may do: read snapshots of one plan in one vault. Nothing of it changes the vault. */
export const ReadClaims = z.object({
  v: z.literal(1),
  verb: z.literal('read'),
  vaultId: z.uuid(),
  agentFolder: FolderName,
  planFolder: FolderName,
  /** Null: any snapshot of the plan. */
  snapshot: SnapshotName.nullable(),
  /** The restore or drill this is for, and the agent that may do it; null: the admin API reads for a person. */
  runId: z.uuid().nullable(),
  agentId: AgentId.nullable(),
  /** SHA-256 (hex) of the canonical task order, as in `TicketClaims`; null without a run. */
  orderDigest: Digest.nullable(),
  /** As in `TicketClaims`. */
  termsDigest: Digest.optional(),
  holder: Digest.optional(),
  nbf: z.int(),
  exp: z.int(),
});
export type ReadClaims = z.infer<typeof ReadClaims>;

/** What an agent may be asked, by the admin API for a person: this one question about its machine, once. */
export const LookClaims = z.object({
  v: z.literal(1),
  verb: z.literal('look'),
  agentId: AgentId,
  questionId: z.uuid(),
  /** SHA-256 (hex) of the canonical question. */
  questionDigest: Digest,
  nbf: z.int(),
  exp: z.int(),
});
export type LookClaims = z.infer<typeof LookClaims>;

/** A run is to end: for its agent (`agent/<id>`) or for the receivers of its vault (`vault/<id>`). */
export const CancelClaims = z.object({
  v: z.literal(1),
  verb: z.literal('cancel'),
  to: z.string(),
  runId: z.uuid(),
  nbf: z.int(),
  exp: z.int(),
});
export type CancelClaims = z.infer<typeof CancelClaims>;

/** What the receivers of a vault are to do with it: this one task, or to tell of all its snapshots. */
export const MaintainClaims = z.object({
  v: z.literal(1),
  verb: z.literal('maintain'),
  vaultId: z.uuid(),
  /** SHA-256 (hex) of the canonical task order; null: to tell of all snapshots. */
  orderDigest: Digest.nullable(),
  nbf: z.int(),
  exp: z.int(),
});
export type MaintainClaims = z.infer<typeof MaintainClaims>;

const Claims = z.discriminatedUnion('verb', [
  TicketClaims,
  ReadClaims,
  LookClaims,
  CancelClaims,
  MaintainClaims,
]);
type Claims = z.infer<typeof Claims>;

/** The ticket is not ours, damaged, or not for this moment. `expired` ones are worth a new attempt. */
export class TicketError extends Error {
  override readonly name = 'TicketError';
  constructor(
    message: string,
    readonly expired = false,
  ) {
    super(message);
  }
}

const PREFIX = 'pbk1';

export function signTicket(claims: Claims, privateKey: KeyObject): string {
  const body = `${PREFIX}.${Buffer.from(canonicalJson(claims)).toString('base64url')}`;
  return `${body}.${sign(null, Buffer.from(body), privateKey).toString('base64url')}`;
}

type Verb = Claims['verb'];
type ClaimsOf<V extends Verb | 'session'> = V extends 'session'
  ? TicketClaims | ReadClaims
  : Extract<Claims, { verb: V }>;

/** Checks signature, shape, verb and time. `session`: one that a receiver takes, to append or to read. @throws TicketError */
export function openTicket<V extends Verb | 'session'>(
  ticket: string,
  publicKey: KeyObject,
  verb: V,
  nowMs = Date.now(),
): ClaimsOf<V> {
  const [prefix, body, signature, ...rest] = ticket.split('.');
  if (prefix !== PREFIX || !body || !signature || rest.length > 0)
    throw new TicketError('The ticket has the wrong form.');
  if (!verify(null, Buffer.from(`${prefix}.${body}`), publicKey, Buffer.from(signature, 'base64url')))
    throw new TicketError('The ticket was not signed by this scheduler.');
  const claims = Claims.safeParse(JSON.parse(Buffer.from(body, 'base64url').toString()));
  if (!claims.success) throw new TicketError('The ticket lacks claims that this version needs.');
  const { verb: signed } = claims.data;
  const fits = verb === 'session' ? signed === 'append' || signed === 'read' : signed === verb;
  if (!fits)
    throw new TicketError(
      `The ticket is one to ${signed}, not ${verb === 'session' ? 'for a session' : `to ${verb}`}.`,
    );
  const now = Math.floor(nowMs / 1000);
  if (now < claims.data.nbf - 60) throw new TicketError('The ticket is not valid yet: compare the clocks.');
  if (now > claims.data.exp) throw new TicketError('The ticket has expired.', true);
  return claims.data as ClaimsOf<V>;
}

/** Digest that binds a ticket to what else its job says: whom to dial, how fast, and whose receipt to believe. */
export function digestTerms({
  receivers,
  limits = null,
  vaultKey,
}: {
  readonly receivers: readonly unknown[];
  readonly limits?: unknown;
  readonly vaultKey?: string | undefined;
}): string {
  return digestOrder({ receivers, limits, ...(vaultKey === undefined ? {} : { vaultKey }) });
}

/** Digest that binds a ticket to the order that came with it. */
export function digestOrder(order: unknown): string {
  return createHash('sha256').update(canonicalJson(order)).digest('hex');
}
