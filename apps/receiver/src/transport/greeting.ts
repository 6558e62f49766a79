import {
  ServerHandshake,
  SessionError,
  encodeError,
  encodePreamble,
  type Hello,
} from '@periodic-backup/protocol';
import type { Socket } from 'node:net';
import type { PeerIdentity } from '../identity/peer-identity.js';
import { PeerSocket, type PeerReader } from './peer-socket.js';
import type { Pending } from './pending-connections.js';
import type { ReceiveBuffers } from './receive-buffers.js';

/** What became of a greeting. Exactly one of these is called. */
export interface GreetingOutcome {
  /** The HELLO is here; `rest` is what came behind it. Reading is held. */
  onHello(greeting: Greeting, hello: Hello, rest: Buffer): void;
  /** Refused, too late, dropped or gone. */
  onOver(greeting: Greeting, error: SessionError | null): void;
}

/** A connection from its acceptance to its HELLO. SPEC.md §1, §4. */
export class Greeting implements PeerReader, Pending {
  readonly peer: PeerSocket;
  readonly #handshake = new ServerHandshake();
  readonly #deadline: NodeJS.Timeout;
  #over = false;

  constructor(
    accepted: Socket,
    private readonly buffers: ReceiveBuffers,
    deadlineMs: number,
    private readonly outcome: GreetingOutcome,
    identity: PeerIdentity | null,
  ) {
    this.#deadline = setTimeout(
      () =>
        this.#refuse(
          new SessionError('TOO_SLOW', `No ticket was shown within ${Math.round(deadlineMs / 1000)} s.`),
        ),
      deadlineMs,
    );
    this.peer = new PeerSocket(accepted, buffers, this, identity);
  }

  get address(): string {
    return this.peer.address;
  }

  bytes(buffer: Buffer, lengthBytes: number): void {
    try {
      const done = this.#handshake.receive(buffer.subarray(0, lengthBytes));
      if (done && this.#end()) {
        this.peer.hold('opening');
        this.outcome.onHello(this, done.hello, Buffer.from(done.rest));
      }
    } catch (error) {
      this.#refuse(error as SessionError);
    }
    this.buffers.giveBack(buffer);
  }

  gone(): void {
    if (this.#end()) this.outcome.onOver(this, null);
  }

  drop(): void {
    this.#refuse(
      new SessionError('BUSY', 'Too many connections wait for their handshake.', { retryAfterMs: 2_000 }),
    );
  }

  #refuse(error: SessionError): void {
    if (!this.#end()) return;
    this.peer.finish(Buffer.concat([encodePreamble(), encodeError(error)]));
    this.outcome.onOver(this, error);
  }

  /** True the first time. */
  #end(): boolean {
    if (this.#over) return false;
    this.#over = true;
    clearTimeout(this.#deadline);
    return true;
  }
}
