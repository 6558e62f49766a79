import { TicketError, openTicket, type ReadClaims, type TicketClaims } from '@periodic-backup/contracts';
import { SessionError } from '@periodic-backup/protocol';
import { inWords, type IdentityName, type RefusalNotes } from '@periodic-backup/trust';
import type { KeyObject } from 'node:crypto';
import type { PeerIdentity } from '../identity/peer-identity.js';

type SessionClaims = TicketClaims | ReadClaims;

/** Checks what a client may do, without asking anyone. A ticket that is not its own, or nobody's, leaves a note. */
export class TicketGate {
  constructor(
    private readonly publicKey: KeyObject,
    private readonly vaultId: string,
    private readonly refusals: Pick<RefusalNotes, 'note'>,
  ) {}

  /**
   * `peer`: whom the certificate of the connection names; null on a plain one, where the ticket alone has to do.
   * @throws SessionError TICKET_INVALID, TICKET_EXPIRED, WRONG_VAULT
   */
  check(ticket: string, peer: PeerIdentity | null): SessionClaims {
    const claims = this.#open(ticket);
    if (peer) this.#requireHolder(claims, peer);
    if (claims.vaultId !== this.vaultId)
      throw new SessionError(
        'WRONG_VAULT',
        `The ticket is for vault ${claims.vaultId}; this is ${this.vaultId}.`,
      );
    return claims;
  }

  #open(ticket: string): SessionClaims {
    try {
      return openTicket(ticket, this.publicKey, 'session');
    } catch (cause) {
      const expired = cause instanceof TicketError && cause.expired;
      const message = cause instanceof TicketError ? cause.message : 'The ticket cannot be read.';
      if (!expired) this.refusals.note('ticket', message);
      throw new SessionError(expired ? 'TICKET_EXPIRED' : 'TICKET_INVALID', message, { cause });
    }
  }

  /** A ticket that was overheard, or taken out of Redis, is worth nothing without the key it was made for. */
  #requireHolder(claims: SessionClaims, { name, keyId }: PeerIdentity): void {
    const wanted = holderOf(claims);
    const isHolder =
      name.role === wanted.role &&
      (wanted.role === 'api' || name.id === wanted.id) &&
      (claims.holder === undefined || claims.holder === keyId);
    if (isHolder) return;
    const message = `The ticket was made for ${inWords(wanted)}, and is shown by ${inWords(name)}${name.id === wanted.id ? ' with another key' : ''}.`;
    this.refusals.note('ticket', message, claims.runId);
    throw new SessionError('TICKET_INVALID', message);
  }
}

function holderOf({ agentId }: SessionClaims): IdentityName {
  return agentId === null ? { role: 'api', id: 'control-plane' } : { role: 'agent', id: agentId };
}
