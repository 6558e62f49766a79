import { Worker } from 'node:worker_threads';
import type { RunCounts } from '@periodic-backup/contracts';
import type { RunEnd } from '../run/run-backup.js';
import type { RunTask, TaskListener, TaskThreads } from '../runs/run-task.js';
import type { CancelFlag } from '../transfer/cancel-flag.js';
import { RunTally } from '../transfer/run-tally.js';
import { AgentBandwidth } from './agent-bandwidth.js';
import type { ThreadMessage, ThreadSettings, ToThread } from './thread-messages.js';

/** Threads kept idle: the next run begins without waiting for one to start. */
const WARM_THREADS = 1;

/** A walk leaves short-lived objects only: room for more of them costs memory and saves next to nothing. */
const YOUNG_GENERATION_MB = 12;

/** Far above what a run needs at once; V8 collects for the first time at half of it. */
const OLD_GENERATION_MB = 128;

/** Does each task in a thread of its own and keeps one warm. */
export class ThreadPool implements TaskThreads {
  readonly #idle: Worker[] = [];
  readonly #all = new Set<Worker>();
  readonly #bandwidth = new AgentBandwidth();
  #closed = false;

  constructor(private readonly settings: ThreadSettings) {}

  /** Starts the warm thread. */
  open(): void {
    if (this.#idle.length < WARM_THREADS) this.#idle.push(this.#start());
  }

  async execute(task: RunTask, listener: TaskListener, cancel: CancelFlag): Promise<RunEnd> {
    const thread = this.#idle.pop() ?? this.#start();
    const leave =
      task.kind === 'run'
        ? this.#bandwidth.join(task.job, (share) => post(thread, { kind: 'share', share }))
        : () => undefined;
    const end = await this.#do(thread, task, listener, cancel);
    leave();
    if (this.#closed || !this.#all.has(thread) || this.#idle.length >= WARM_THREADS) await this.#end(thread);
    else this.#idle.push(thread);
    return end;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#all].map((thread) => this.#end(thread)));
  }

  #do(thread: Worker, task: RunTask, listener: TaskListener, cancel: CancelFlag): Promise<RunEnd> {
    return new Promise((resolve) => {
      let counts: RunCounts = new RunTally(null).counts;
      const finish = (end: RunEnd): void => {
        thread.off('message', onMessage).off('error', onError).off('exit', onExit);
        resolve(end);
      };
      const fail = (why: string): void =>
        finish({
          ...{ counts, problems: [], receipt: null },
          error: { code: 'INTERNAL', message: `The thread of the run ended: ${why}`, retryable: true },
        });
      const onError = (error: unknown): void => fail((error as Error).message);
      const onExit = (): void => fail('it stopped early.');
      const onMessage = (message: ThreadMessage): void => {
        switch (message.kind) {
          case 'ready':
            return;
          case 'connected':
            return listener.connected(message.receiverId);
          case 'progress':
            counts = message.counts;
            return listener.progress(message.progress, message.counts);
          case 'ended':
            return finish(message.end);
        }
      };
      thread.on('message', onMessage).on('error', onError).on('exit', onExit);
      post(thread, { kind: 'task', task, cancelMemory: cancel.memory });
    });
  }

  #start(): Worker {
    const thread = new Worker(new URL('./thread-main.js', import.meta.url), {
      workerData: this.settings,
      resourceLimits: {
        maxYoungGenerationSizeMb: YOUNG_GENERATION_MB,
        maxOldGenerationSizeMb: OLD_GENERATION_MB,
      },
    });
    this.#all.add(thread);
    // Without this an idle thread that fails would end the process.
    thread.on('error', () => undefined);
    thread.on('exit', () => {
      this.#all.delete(thread);
      const at = this.#idle.indexOf(thread);
      if (at !== -1) this.#idle.splice(at, 1);
    });
    return thread;
  }

  async #end(thread: Worker): Promise<void> {
    await thread.terminate();
  }
}

function post(thread: Worker, message: ToThread): void {
  thread.postMessage(message);
}
