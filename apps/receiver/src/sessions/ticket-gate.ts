import { TicketError, openTicket, type ReadClaims, type TicketClaims } from '@periodic-backup/contracts';
import { SessionError } from '@periodic-backup/protocol';
import type { KeyObject } from 'node:crypto';

/** Checks what a client may do, without asking anyone. */
export class TicketGate {
  constructor(
    private readonly publicKey: KeyObject,
    private readonly vaultId: string,
  ) {}

  /** @throws SessionError TICKET_INVALID, TICKET_EXPIRED, WRONG_VAULT */
  check(ticket: string): TicketClaims | ReadClaims {
    const claims = this.#open(ticket);
    if (claims.vaultId !== this.vaultId)
      throw new SessionError(
        'WRONG_VAULT',
        `The ticket is for vault ${claims.vaultId}; this is ${this.vaultId}.`,
      );
    return claims;
  }

  #open(ticket: string): TicketClaims | ReadClaims {
    try {
      return openTicket(ticket, this.publicKey, 'session');
    } catch (cause) {
      if (cause instanceof TicketError)
        throw new SessionError(cause.expired ? 'TICKET_EXPIRED' : 'TICKET_INVALID', cause.message, { cause });
      throw new SessionError('TICKET_INVALID', 'The ticket cannot be read.', { cause });
    }
  }
}
