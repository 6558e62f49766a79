import { Worker } from 'node:worker_threads';
import type { AgentAnswer, AgentQuestion } from '@periodic-backup/contracts';
import type { AllowedDirectories } from '../checks/check-directories.js';
import type { CancelFlag } from '../transfer/cancel-flag.js';
import { refusalOf } from './look-refused.js';

/** Whoever fills in a form asks several times: a thread waits a while for the next question. */
const IDLE_MS = 30_000;
const OLD_GENERATION_MB = 64;

/** Answers questions away from the main thread. Never rejects. */
export interface QuestionExecutor {
  answer(question: AgentQuestion, flag: CancelFlag): Promise<AgentAnswer>;
  close(): Promise<void>;
}

/** As many threads as there are questions at once, none while nobody asks. */
export class LookThreads implements QuestionExecutor {
  readonly #idle = new Map<Worker, NodeJS.Timeout>();
  readonly #all = new Set<Worker>();

  constructor(private readonly allowed: AllowedDirectories) {}

  async answer(question: AgentQuestion, flag: CancelFlag): Promise<AgentAnswer> {
    const thread = this.#take();
    try {
      const answer = await this.#ask(thread, question, flag);
      this.#rest(thread);
      return answer;
    } catch (error) {
      void thread.terminate();
      return refusalOf(error);
    }
  }

  async close(): Promise<void> {
    for (const timer of this.#idle.values()) clearTimeout(timer);
    await Promise.all([...this.#all].map((thread) => thread.terminate()));
  }

  #ask(thread: Worker, question: AgentQuestion, flag: CancelFlag): Promise<AgentAnswer> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        thread.off('message', onAnswer).off('error', onError).off('exit', onExit);
      };
      const onAnswer = (answer: AgentAnswer): void => {
        settle();
        resolve(answer);
      };
      const onError = (error: unknown): void => {
        settle();
        reject(error as Error);
      };
      const onExit = (): void => onError(new Error('the thread that looks has ended.'));
      thread.on('message', onAnswer).on('error', onError).on('exit', onExit);
      thread.postMessage({ question, memory: flag.memory });
    });
  }

  #take(): Worker {
    for (const [thread, timer] of this.#idle) {
      clearTimeout(timer);
      this.#idle.delete(thread);
      return thread;
    }
    const thread = new Worker(new URL('./look-thread.js', import.meta.url), {
      workerData: this.allowed,
      resourceLimits: { maxOldGenerationSizeMb: OLD_GENERATION_MB },
    });
    this.#all.add(thread);
    // Without this a thread that fails while it is idle would end the process.
    thread.on('error', () => undefined);
    thread.on('exit', () => {
      this.#all.delete(thread);
      clearTimeout(this.#idle.get(thread));
      this.#idle.delete(thread);
    });
    return thread;
  }

  #rest(thread: Worker): void {
    if (!this.#all.has(thread)) return;
    const timer = setTimeout(() => void thread.terminate(), IDLE_MS);
    timer.unref();
    this.#idle.set(thread, timer);
  }
}
