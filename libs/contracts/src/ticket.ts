import { createHash, sign, verify, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from './canonical-json.js';
import { AgentId, FolderName } from './names.js';

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
  orderDigest: z.string().regex(/^[0-9a-f]{64}$/),
  /** Seconds since 1970. A session may be opened from `nbf` to `exp`. */
  nbf: z.int(),
  exp: z.int(),
});
export type TicketClaims = z.infer<typeof TicketClaims>;

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

export function signTicket(claims: TicketClaims, privateKey: KeyObject): string {
  const body = `${PREFIX}.${Buffer.from(canonicalJson(claims)).toString('base64url')}`;
  return `${body}.${sign(null, Buffer.from(body), privateKey).toString('base64url')}`;
}

/** Checks signature, shape and time. @throws TicketError */
export function openTicket(ticket: string, publicKey: KeyObject, nowMs = Date.now()): TicketClaims {
  const [prefix, body, signature, ...rest] = ticket.split('.');
  if (prefix !== PREFIX || !body || !signature || rest.length > 0)
    throw new TicketError('The ticket has the wrong form.');
  if (!verify(null, Buffer.from(`${prefix}.${body}`), publicKey, Buffer.from(signature, 'base64url')))
    throw new TicketError('The ticket was not signed by this scheduler.');
  const claims = TicketClaims.safeParse(JSON.parse(Buffer.from(body, 'base64url').toString()));
  if (!claims.success) throw new TicketError('The ticket lacks claims that this version needs.');
  const now = Math.floor(nowMs / 1000);
  if (now < claims.data.nbf - 60) throw new TicketError('The ticket is not valid yet: compare the clocks.');
  if (now > claims.data.exp) throw new TicketError('The ticket has expired.', true);
  return claims.data;
}

/** Digest that binds a ticket to the order that came with it. */
export function digestOrder(order: unknown): string {
  return createHash('sha256').update(canonicalJson(order)).digest('hex');
}
