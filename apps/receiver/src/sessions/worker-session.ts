import type { Receipt } from '@periodic-backup/contracts';
import { BackupServerSession, type SessionError } from '@periodic-backup/protocol';
import type { Vault } from '@periodic-backup/vault';
import { packError } from './error-on-the-way.js';
import { ReportingSink } from './reporting-sink.js';
import { alone, type Post, type SessionInWorker } from './session-in-worker.js';
import type { ToWorker } from './session-messages.js';

const CHECK_INTERVAL_MS = 1_000;

/** One backup inside a worker: all file calls happen here, synchronously. */
export class WorkerSession implements SessionInWorker {
  readonly #session: BackupServerSession;
  readonly #timer: NodeJS.Timeout;

  /** Opens the plan's staging. @throws SessionError what the vault says */
  constructor(
    { session, request, entryWindow, contentWindow, limits }: Extract<ToWorker, { type: 'open' }>,
    vault: Vault,
    post: Post,
    onClosed: () => void,
  ) {
    const sink = new ReportingSink(vault.append(request), (receipt, seconds) =>
      post({ type: 'committed', session, receipt: receipt as Receipt, seconds }),
    );
    this.#session = new BackupServerSession({
      sink,
      entryWindow,
      contentWindow,
      // The main thread keeps the peer awake: it is free while this thread flushes for minutes.
      limits: { ...limits, keepaliveAfterMs: Number.POSITIVE_INFINITY },
      send: (bytes) => post({ type: 'send', session, bytes: alone(bytes) }),
    });
    post({ type: 'opened', session, previous: sink.previous, eager: sink.eager });
    this.#timer = setInterval(() => this.#session.checkDeadlines(), CHECK_INTERVAL_MS);
    void this.#session.closed.then(() => {
      clearInterval(this.#timer);
      const { error, progress } = this.#session;
      onClosed();
      post({ type: 'closed', session, error: error && packError(error), entries: progress.entries });
    });
  }

  receive(bytes: Buffer): void {
    this.#session.receive(bytes);
  }

  hold(held: boolean): void {
    this.#session.holdPeer(held);
  }

  /** What a backup is answered is little: nobody counts it. */
  left(): void {}

  end(): void {
    this.#session.end();
  }

  fail(error: SessionError): void {
    this.#session.fail(error);
  }
}
