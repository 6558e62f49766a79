import { ReadServerSession, SessionError, type SnapshotSource } from '@periodic-backup/protocol';
import type { Vault } from '@periodic-backup/vault';
import { packError } from './error-on-the-way.js';
import { MOVED_FRAME_BYTES, type ToWorker } from './session-messages.js';
import { alone, type Post, type SessionInWorker } from './session-in-worker.js';

const CHECK_INTERVAL_MS = 1_000;

/** One session that reads, inside a worker. It works in slices, so that several share the thread. */
export class WorkerReading implements SessionInWorker {
  readonly #session: ReadServerSession;
  readonly #timer: NodeJS.Timeout;
  #producing = false;

  constructor(
    message: Extract<ToWorker, { type: 'open-reading' }>,
    vault: Vault,
    post: Post,
    onClosed: () => void,
  ) {
    const { session, limits } = message;
    this.#session = new ReadServerSession({
      source: sourceOf(message, vault),
      // The main thread keeps the peer awake.
      limits: { ...limits, keepaliveAfterMs: Number.POSITIVE_INFINITY },
      send: (bytes) =>
        bytes.length >= MOVED_FRAME_BYTES
          ? post({ type: 'send', session, bytes }, [bytes.buffer as ArrayBuffer])
          : post({ type: 'send', session, bytes: alone(bytes) }),
    });
    post({ type: 'reading', session });
    this.#timer = setInterval(() => this.#session.checkDeadlines(), CHECK_INTERVAL_MS);
    void this.#session.closed.then(() => {
      clearInterval(this.#timer);
      const { error, progress } = this.#session;
      onClosed();
      post({ type: 'closed', session, error: error && packError(error), entries: progress.files });
    });
  }

  receive(bytes: Buffer): void {
    this.#session.receive(bytes);
    this.#produce();
  }

  left(lengthBytes: number, memory: ArrayBuffer | null): void {
    this.#session.left(lengthBytes, memory);
    this.#produce();
  }

  hold(held: boolean): void {
    this.#session.holdPeer(held);
  }

  end(): void {
    this.#session.end();
  }

  fail(error: SessionError): void {
    this.#session.fail(error);
  }

  /** A slice in each turn of the event loop: what arrives meanwhile is heard, and other readers have their turns. */
  #produce(): void {
    if (this.#producing || !this.#session.wantsToSend) return;
    this.#producing = true;
    setImmediate(() => {
      this.#producing = false;
      this.#session.produce();
      this.#produce();
    });
  }
}

/** The snapshots that a ticket names. */
function sourceOf(
  { place, snapshot: only }: Extract<ToWorker, { type: 'open-reading' }>,
  vault: Vault,
): SnapshotSource {
  return {
    open(snapshot) {
      if (only !== null && snapshot !== only)
        throw new SessionError('TICKET_INVALID', `The ticket is for the snapshot ${only}, not ${snapshot}.`);
      return vault.openSnapshot(place, snapshot);
    },
  };
}
