import type { Receipt, TicketClaims } from '@periodic-backup/contracts';
import {
  DEFAULT_ENTRY_WINDOW,
  DIGEST_NAME,
  SessionError,
  encodeError,
  encodeKeepalive,
  encodeWelcome,
  type SessionLimits,
} from '@periodic-backup/protocol';
import { randomUUID } from 'node:crypto';
import type { PacedReader } from '../transport/intake-pace.js';
import type { PeerReader, PeerSocket } from '../transport/peer-socket.js';
import type { ReceiveBuffers } from '../transport/receive-buffers.js';
import { packError, unpackError } from './error-on-the-way.js';
import type { PooledWorker, WorkerListener } from './pooled-worker.js';
import type { FromWorker, ToWorker } from './session-messages.js';

/** At most this many receive buffers (1 MiB each) are on their way to a worker or with it. */
const MAX_BUFFERS_WITH_WORKER = 8;
const KEEPALIVE_AFTER_MS = 5_000;

export type SessionOutcome =
  | { readonly kind: 'committed' }
  | { readonly kind: 'repeated' }
  | { readonly kind: 'failed'; readonly error: SessionError };

export interface SessionEvents {
  onReceivedBytes(lengthBytes: number, session: PacedReader): void;
  onCommitted(receipt: Receipt, seconds: number): void;
}

let lastNumber = 0;

/** The main thread's side of a session: carries bytes between a peer and a worker, and keeps the peer awake. */
export class RunningSession implements PeerReader, PacedReader, WorkerListener {
  readonly id = randomUUID();
  readonly startedAtMs = performance.now();
  /** Resolves when the worker has nothing to do with the session any more. */
  readonly closed: Promise<SessionOutcome>;
  receivedBytes = 0;

  readonly #number = ++lastNumber;
  #worker: PooledWorker | null = null;
  #withWorker = 0;
  #committed = false;
  #over = false;
  #resolveClosed: (outcome: SessionOutcome) => void = () => undefined;

  constructor(
    readonly claims: TicketClaims,
    private readonly peer: PeerSocket,
    private readonly buffers: ReceiveBuffers,
    private readonly limits: Partial<SessionLimits>,
    private readonly events: SessionEvents,
  ) {
    this.closed = new Promise((resolve) => (this.#resolveClosed = resolve));
    peer.readWith(this);
  }

  /** Opens the session in a worker. `rest`: bytes that came with the HELLO. */
  open(worker: PooledWorker, rest: Buffer): void {
    this.#worker = worker;
    worker.listener = this;
    const { planId, agentId, runId, epoch, accumulate, agentFolder, planFolder } = this.claims;
    const request = { planId, agentId, runId, epoch, accumulate, agentFolder, planFolder, now: new Date() };
    const session = this.#number;
    const { limits } = this;
    this.#post({ type: 'open', session, request, entryWindow: DEFAULT_ENTRY_WINDOW, limits });
    if (rest.length > 0) {
      const buffer = this.buffers.take();
      this.bytes(buffer, rest.copy(buffer));
    }
  }

  /** Ends the session with an error the peer is told; a commit that has begun is let finish. */
  fail(error: SessionError): void {
    if (this.#worker) this.#post({ type: 'fail', session: this.#number, error: packError(error) });
    else this.abandon(error);
  }

  /** Ends the session at once, whatever the worker does. */
  abandon(error: SessionError): void {
    this.#end({ kind: 'failed', error }, encodeError(error));
  }

  /** Call about once a second. */
  keepAwake(): void {
    if (performance.now() - this.peer.lastWroteAtMs >= KEEPALIVE_AFTER_MS) this.peer.write(encodeKeepalive());
  }

  /** It ended, perhaps before it was opened. */
  get isOver(): boolean {
    return this.#over;
  }

  bytes(buffer: Buffer, lengthBytes: number): void {
    this.receivedBytes += lengthBytes;
    if (this.#worker) this.#worker.lend(this.#number, buffer, lengthBytes);
    else this.buffers.giveBack(buffer);
    if (++this.#withWorker >= MAX_BUFFERS_WITH_WORKER) this.peer.hold('worker');
    this.events.onReceivedBytes(lengthBytes, this);
  }

  /** The peer is not to blame for the time until {@link releaseForPace}. */
  holdForPace(): void {
    this.peer.hold('pace');
    this.#post({ type: 'held', session: this.#number, held: true });
  }

  releaseForPace(): void {
    this.#post({ type: 'held', session: this.#number, held: false });
    this.peer.release('pace');
  }

  gone(): void {
    if (this.#worker) this.#post({ type: 'end', session: this.#number });
    else this.abandon(new SessionError('CONNECTION_LOST', 'The connection ended before the session began.'));
  }

  onGone(error: SessionError): void {
    this.abandon(error);
  }

  onMessage(message: FromWorker): void {
    if (!('session' in message) || message.session !== this.#number) return;
    switch (message.type) {
      case 'consumed':
        if (--this.#withWorker < MAX_BUFFERS_WITH_WORKER) this.peer.release('worker');
        return;
      case 'opened':
        this.peer.write(this.#welcome(message.eager ? 'eager' : 'join', message.previous, null));
        return this.peer.release('opening');
      case 'repeated':
        return this.#end({ kind: 'repeated' }, this.#welcome('join', null, message.receipt));
      case 'refused': {
        const error = unpackError(message.error);
        return this.#end({ kind: 'failed', error }, encodeError(error));
      }
      case 'send':
        return this.peer.write(message.bytes);
      case 'committed':
        this.#committed = true;
        return this.events.onCommitted(message.receipt, message.seconds);
      case 'closed':
        return this.#end(
          this.#committed || !message.error
            ? { kind: 'committed' }
            : { kind: 'failed', error: unpackError(message.error) },
        );
    }
  }

  #welcome(mode: 'eager' | 'join', previous: string | null, receipt: Receipt | null): Buffer {
    return encodeWelcome({
      session: this.id,
      digest: DIGEST_NAME,
      mode,
      previous,
      entryWindow: DEFAULT_ENTRY_WINDOW,
      capabilities: [],
      receipt,
    });
  }

  #end(outcome: SessionOutcome, lastBytes?: Buffer): void {
    if (this.#over) return;
    this.#over = true;
    this.peer.finish(lastBytes);
    this.#resolveClosed(outcome);
  }

  #post(message: ToWorker): void {
    this.#worker?.post(message);
  }
}
