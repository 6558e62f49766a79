import type { Logger } from '@periodic-backup/platform';
import { SessionError } from '@periodic-backup/protocol';
import { PooledWorker } from './pooled-worker.js';
import type { ReceiveBuffers } from '../transport/receive-buffers.js';
import type { WorkerSettings } from './session-messages.js';

const KEPT_IDLE_WORKERS = 2;
const RESPAWN_AFTER_MS = 1_000;

/**
 * Session workers: one is warm before the first session comes, used ones are used again. There is no spare beside a
 * running session: each costs 25 MB, and a second session at once waits a tenth of a second, once.
 * A worker that ends takes nothing with it but its session.
 */
export class WorkerPool {
  readonly #idle: PooledWorker[] = [];
  readonly #all = new Set<PooledWorker>();
  /** Those whose work blocks for minutes: no task waits behind it. */
  readonly #alone = new Set<PooledWorker>();
  #respawn: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(
    private readonly workerFile: URL,
    private readonly settings: Omit<WorkerSettings, 'shared'>,
    private readonly buffers: ReceiveBuffers,
    private readonly logger: Logger,
  ) {}

  get workers(): readonly PooledWorker[] {
    return [...this.#all];
  }

  /** Starts the first worker; resolves when it is warm. */
  async start(): Promise<void> {
    const worker = this.#spawn();
    this.#idle.push(worker);
    await worker.ready;
  }

  /** A worker for one session. Give it back. */
  take(): PooledWorker {
    // The one used last: its code is compiled and its memory is warm.
    return this.#idle.pop() ?? this.#spawn();
  }

  /** A worker for one long piece of work on the vault. Give it back. */
  takeAlone(): PooledWorker {
    const worker = this.take();
    this.#alone.add(worker);
    return worker;
  }

  giveBack(worker: PooledWorker): void {
    this.#alone.delete(worker);
    if (!this.#all.has(worker)) return;
    this.#idle.push(worker);
    const spare = this.#idle.length > KEPT_IDLE_WORKERS && this.#idle.find((idle) => !idle.busyWithTasks);
    if (!spare) return;
    this.#forget(spare);
    void spare.terminate();
  }

  /** A worker for a task on the vault: an idle one if there is, else beside a session. */
  forTask(): PooledWorker {
    const [worker] = [...this.#idle, ...this.#all].filter((one) => !this.#alone.has(one));
    if (worker) return worker;
    const spawned = this.#spawn();
    this.#idle.push(spawned);
    return spawned;
  }

  /** Ends all workers, whatever they do. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#respawn);
    const workers = [...this.#all];
    for (const worker of workers) this.#forget(worker);
    await Promise.all(workers.map((worker) => worker.terminate()));
  }

  #spawn(): PooledWorker {
    if (this.#stopped) throw new SessionError('DRAINING', 'The receiver is stopping.');
    const worker = new PooledWorker(this.workerFile, this.settings, this.buffers, (gone, error) => {
      if (!this.#forget(gone)) return;
      this.logger.error({ error: error.message }, 'a session worker ended by itself');
      this.#keepWarm();
    });
    this.#all.add(worker);
    return worker;
  }

  /** After a pause: a worker that cannot start must not be tried without end. */
  #keepWarm(): void {
    if (this.#stopped || this.#respawn) return;
    this.#respawn = setTimeout(() => {
      this.#respawn = undefined;
      if (this.#idle.length === 0 && !this.#stopped) this.#idle.push(this.#spawn());
    }, RESPAWN_AFTER_MS);
  }

  /** True if it was known. */
  #forget(worker: PooledWorker): boolean {
    this.#alone.delete(worker);
    const at = this.#idle.indexOf(worker);
    if (at >= 0) this.#idle.splice(at, 1);
    return this.#all.delete(worker);
  }
}
