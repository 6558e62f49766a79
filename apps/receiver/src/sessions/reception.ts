import type { Logger } from '@periodic-backup/platform';
import {
  SessionError,
  checkReadHello,
  encodeError,
  encodePreamble,
  type Hello,
} from '@periodic-backup/protocol';
import type { PeerSocket } from '../transport/peer-socket.js';
import { OpenSessions } from './open-sessions.js';
import type { ReadingDesk } from './reading-desk.js';
import { RETRY_AFTER_MS } from './retry-hint.js';
import type { SessionDesk } from './session-desk.js';
import type { SessionWire } from './session-wire.js';
import type { TicketGate } from './ticket-gate.js';

/** Looks at the ticket of each peer and shows it to the desk for what it may do. */
export class Reception {
  /** People have said that it takes no new sessions; those that run go on as long as they take. */
  closedByPeople = false;
  readonly #open = new OpenSessions();
  #stopping = false;

  constructor(
    private readonly gate: TicketGate,
    readonly backups: SessionDesk,
    readonly readers: ReadingDesk,
    private readonly tell: {
      readonly onRefused: (error: SessionError) => void;
      readonly logger: Logger;
    },
  ) {}

  get draining(): boolean {
    return this.#stopping || this.closedByPeople;
  }

  /** Takes a peer that has sent its HELLO, or refuses it. Never throws. */
  admit(peer: PeerSocket, hello: Hello, rest: Buffer): void {
    peer.write(encodePreamble());
    try {
      this.#open.add(this.#seat(peer, hello, rest));
    } catch (cause) {
      const error = cause as SessionError;
      this.tell.onRefused(error);
      this.tell.logger.info(
        { code: error.code, peer: peer.address, error: error.message },
        'session refused',
      );
      peer.finish(encodeError(error));
    }
  }

  /** No new sessions; resolves when none runs any more, at the latest soon after the deadline. */
  async drain(deadlineMs: number): Promise<void> {
    this.#stopping = true;
    const error = new SessionError('DRAINING', 'This receiver stops: resume at another one.', {
      retryAfterMs: RETRY_AFTER_MS,
    });
    await this.#open.drain(deadlineMs, error);
  }

  stop(): void {
    this.#open.stop();
  }

  /** @throws SessionError why it is refused */
  #seat(peer: PeerSocket, hello: Hello, rest: Buffer): SessionWire {
    const claims = this.gate.check(hello.ticket, peer.identity);
    if (claims.verb === 'read') checkReadHello(hello);
    if (this.draining)
      throw new SessionError('DRAINING', 'This receiver takes no new sessions: try another one.', {
        retryAfterMs: RETRY_AFTER_MS,
      });
    return claims.verb === 'read'
      ? this.readers.seat(peer, claims, rest)
      : this.backups.seat(peer, claims, rest);
  }
}
