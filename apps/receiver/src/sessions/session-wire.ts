import { SessionError, encodeError, encodeKeepalive } from '@periodic-backup/protocol';
import { randomUUID } from 'node:crypto';
import type { PeerReader, PeerSocket } from '../transport/peer-socket.js';
import type { ReceiveBuffers } from '../transport/receive-buffers.js';
import { packError } from './error-on-the-way.js';
import type { PooledWorker, WorkerListener } from './pooled-worker.js';
import type { ToWorker } from './session-messages.js';

/** At most this many receive buffers (1 MiB each) are on their way to a worker or with it … */
const MAX_BUFFERS_WITH_WORKER = 8;
/** … and no more bytes: what is there when a receiver is killed has to be sent again. A millisecond's work or two. */
const MAX_BYTES_WITH_WORKER = 2 * 1024 * 1024;
/**
 * With one buffer waiting behind the one that it works on, and this much in them, a worker is busy for a while: what
 * arrives meanwhile is gathered by the network. Then a read brings more, and fewer messages cross between the threads.
 */
const BUSY_BUFFERS = 2;
const BUSY_BYTES = 128 * 1024;
const KEEPALIVE_AFTER_MS = 5_000;

export type SessionOutcome =
  | { readonly kind: 'committed' }
  | { readonly kind: 'repeated' }
  /** A reader has what it wanted. */
  | { readonly kind: 'read' }
  | { readonly kind: 'failed'; readonly error: SessionError };

let lastNumber = 0;

/** Carries the bytes of one session from its peer to its worker, and ends both. Lives in the main thread. */
export class SessionWire implements PeerReader {
  readonly id = randomUUID();
  /** Tells messages of this session apart from those of others in the same worker. */
  readonly number = ++lastNumber;
  readonly startedAtMs = performance.now();
  /** Resolves when the worker has nothing to do with the session any more. */
  readonly closed: Promise<SessionOutcome>;
  receivedBytes = 0;

  #worker: PooledWorker | null = null;
  /** Lengths of the buffers with the worker, oldest first: it takes them in order. */
  readonly #withWorker: number[] = [];
  #bytesWithWorker = 0;
  #over = false;
  #resolveClosed: (outcome: SessionOutcome) => void = () => undefined;

  constructor(
    readonly peer: PeerSocket,
    private readonly buffers: ReceiveBuffers,
    private readonly onReceived: (lengthBytes: number) => void,
  ) {
    this.closed = new Promise((resolve) => (this.#resolveClosed = resolve));
    peer.readWith(this);
  }

  /** It ended, perhaps before it was opened. */
  get isOver(): boolean {
    return this.#over;
  }

  /** Opens the session in a worker. `rest`: bytes that came with the HELLO. */
  open(worker: PooledWorker, listener: WorkerListener, message: ToWorker, rest: Buffer): void {
    this.#worker = worker;
    worker.serve(this.number, listener);
    worker.post(message);
    if (rest.length === 0) return;
    const buffer = this.buffers.take();
    this.bytes(buffer, rest.copy(buffer));
  }

  post(message: ToWorker, transfer: ArrayBuffer[] = []): void {
    this.#worker?.post(message, transfer);
  }

  /** Ends the session with an error the peer is told; a commit that has begun is let finish. */
  fail(error: SessionError): void {
    if (this.#worker) this.post({ type: 'fail', session: this.number, error: packError(error) });
    else this.abandon(error);
  }

  /** Ends the session at once, whatever the worker does. */
  abandon(error: SessionError): void {
    this.end({ kind: 'failed', error }, encodeError(error));
  }

  end(outcome: SessionOutcome, lastBytes?: Buffer): void {
    if (this.#over) return;
    this.#over = true;
    this.#worker?.leave(this.number);
    this.peer.finish(lastBytes);
    this.#resolveClosed(outcome);
  }

  /** Call about once a second. */
  keepAwake(): void {
    if (performance.now() - this.peer.lastWroteAtMs >= KEEPALIVE_AFTER_MS) this.peer.write(encodeKeepalive());
  }

  bytes(buffer: Buffer, lengthBytes: number): void {
    this.receivedBytes += lengthBytes;
    if (this.#worker) this.#worker.lend(this.number, buffer, lengthBytes);
    else this.buffers.giveBack(buffer);
    this.#withWorker.push(lengthBytes);
    this.#bytesWithWorker += lengthBytes;
    if (this.#workerIsFull) this.peer.hold('worker');
    this.onReceived(lengthBytes);
  }

  /** The worker is done with the receive buffer that it had longest. */
  consumed(): void {
    this.#bytesWithWorker -= this.#withWorker.shift() ?? 0;
    if (!this.#workerIsFull) this.peer.release('worker');
  }

  get #workerIsFull(): boolean {
    const buffers = this.#withWorker.length;
    const bytes = this.#bytesWithWorker;
    if (buffers >= MAX_BUFFERS_WITH_WORKER || bytes >= MAX_BYTES_WITH_WORKER) return true;
    return buffers >= BUSY_BUFFERS && bytes >= BUSY_BYTES;
  }

  gone(): void {
    if (this.#worker) this.post({ type: 'end', session: this.number });
    else this.abandon(new SessionError('CONNECTION_LOST', 'The connection ended before the session began.'));
  }
}
