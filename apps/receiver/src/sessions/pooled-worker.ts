import { SessionError } from '@periodic-backup/protocol';
import { Worker } from 'node:worker_threads';
import { unpackError } from './error-on-the-way.js';
import type { ReceiveBuffers } from '../transport/receive-buffers.js';
import type {
  FromWorker,
  LentBuffer,
  ToWorker,
  VaultTask,
  VaultTaskResults,
  WorkerSettings,
} from './session-messages.js';

/** What a session hears of its worker. */
export interface WorkerListener {
  onMessage(message: FromWorker): void;
  /** The thread is gone; nothing more comes. */
  onGone(error: SessionError): void;
}

/**
 * Caps of a worker's own heap: a peer that finds a way to make it grow ends this thread only. The young generation
 * is small because receive buffers, the bulk of what moves, lie outside.
 */
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 };

/** A session worker, seen from the main thread. */
export class PooledWorker {
  /** Resolves when the worker has loaded its code; rejects if it died before. */
  readonly ready: Promise<void>;

  readonly #thread: Worker;
  readonly #listeners = new Map<number, WorkerListener>();
  readonly #tasks = new Map<number, { resolve: (result: never) => void; reject: (error: Error) => void }>();
  /** Shared buffers that it reads. */
  readonly #lent = new Set<number>();
  #lastTask = 0;
  #goneWith: SessionError | null = null;
  #readyNow: () => void = () => undefined;

  constructor(
    file: URL,
    settings: Omit<WorkerSettings, 'shared'>,
    private readonly buffers: ReceiveBuffers,
    private readonly onGone: (worker: PooledWorker, error: SessionError) => void,
  ) {
    const workerData: WorkerSettings = { ...settings, shared: buffers.shared };
    this.#thread = new Worker(file, { workerData, resourceLimits: RESOURCE_LIMITS });
    let failure: Error | null = null;
    this.#thread.on('message', (message: FromWorker) => this.#take(message));
    this.#thread.on('error', (error) => (failure = error as Error));
    this.ready = new Promise((resolve, reject) => {
      this.#readyNow = resolve;
      this.#thread.on('exit', () => {
        const error = new SessionError(
          'INTERNAL',
          `The receiver's worker of this session ended${failure ? `: ${failure.message}` : ''}.`,
          { cause: failure },
        );
        reject(error);
        this.#gone(error);
      });
    });
    this.ready.catch(() => undefined);
  }

  get busyWithTasks(): boolean {
    return this.#tasks.size > 0;
  }

  get busyWithSessions(): boolean {
    return this.#listeners.size > 0;
  }

  /** Tells of this session from now on. */
  serve(session: number, listener: WorkerListener): void {
    this.#listeners.set(session, listener);
  }

  leave(session: number): void {
    this.#listeners.delete(session);
  }

  post(message: ToWorker, transfer: ArrayBuffer[] = []): void {
    this.#thread.postMessage(message, transfer);
  }

  /** Hands received bytes over. The buffer goes back where it belongs when the worker is done with it, or gone. */
  lend(session: number, buffer: Buffer, lengthBytes: number): void {
    const shared = this.buffers.sharedNumber(buffer);
    const bytes = shared ?? (buffer.buffer as ArrayBuffer);
    if (shared !== null) this.#lent.add(shared);
    const message: ToWorker = { type: 'bytes', session, bytes, lengthBytes };
    this.post(message, typeof bytes === 'number' ? [] : [bytes]);
  }

  /** Runs a task between whatever else the worker does. @throws SessionError */
  run<Task extends VaultTask>(work: Task): Promise<VaultTaskResults[Task['kind']]> {
    if (this.#goneWith) return Promise.reject(this.#goneWith);
    const task = ++this.#lastTask;
    return new Promise((resolve, reject) => {
      this.#tasks.set(task, { resolve, reject });
      this.post({ type: 'task', task, work });
    });
  }

  async terminate(): Promise<void> {
    await this.#thread.terminate();
  }

  #take(message: FromWorker): void {
    switch (message.type) {
      case 'ready':
        return this.#readyNow();
      case 'task-done':
        this.#tasks.get(message.task)?.resolve(message.result as never);
        this.#tasks.delete(message.task);
        return;
      case 'task-failed':
        this.#tasks.get(message.task)?.reject(unpackError(message.error));
        this.#tasks.delete(message.task);
        return;
      case 'consumed':
        this.#takeBack(message.bytes);
        return this.#listeners.get(message.session)?.onMessage(message);
      default:
        this.#listeners.get(message.session)?.onMessage(message);
    }
  }

  #takeBack(bytes: LentBuffer): void {
    if (typeof bytes !== 'number') return this.buffers.giveBackMoved(bytes);
    this.#lent.delete(bytes);
    this.buffers.giveBackShared(bytes);
  }

  #gone(error: SessionError): void {
    this.#goneWith = error;
    for (const { reject } of this.#tasks.values()) reject(error);
    this.#tasks.clear();
    for (const shared of this.#lent) this.buffers.giveBackShared(shared);
    this.#lent.clear();
    this.onGone(this, error);
    for (const listener of [...this.#listeners.values()]) listener.onGone(error);
  }
}
