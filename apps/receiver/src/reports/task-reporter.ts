import type {
  RunCounts,
  RunError,
  RunEvent,
  RunProblem,
  TaskOrder,
  TaskResult,
} from '@periodic-backup/contracts';
import type { Logger } from '@periodic-backup/platform';
import { setTimeout as pause } from 'node:timers/promises';
import type { RunEventOutlet } from './receipt-reporter.js';

const ALIVE_EVERY_MS = 5_000;
const RETRY_AFTER_MS = 2_000;

export const NO_COUNTS: RunCounts = {
  entries: 0,
  files: 0,
  bytesRead: 0,
  bytesSent: 0,
  bytesStored: 0,
  filesFailed: 0,
};

/** How an attempt of a task ended. */
export interface TaskEnd {
  readonly counts: RunCounts;
  readonly problems: readonly RunProblem[];
  readonly result: TaskResult | null;
  readonly error: RunError | null;
}

/** Tells the scheduler of this receiver's tasks. Signs of life may be lost; the end is told again until it is taken. */
export class TaskReporter {
  constructor(
    private readonly outlet: RunEventOutlet,
    private readonly receiverId: string,
    private readonly logger: Logger,
  ) {}

  async started(order: TaskOrder): Promise<void> {
    await this.#tryPut({ type: 'task-started', ...this.#attempt(order) });
  }

  /** Tells every 5 s that the attempt lives, until the answer is called. */
  keepAlive(order: TaskOrder, counts: () => RunCounts): () => void {
    const timer = setInterval(
      () => void this.#tryPut({ type: 'task-alive', ...this.#attempt(order), counts: counts() }),
      ALIVE_EVERY_MS,
    );
    return () => clearInterval(timer);
  }

  /** Resolves when Redis has it, or when the receiver stops: the scheduler then finds out by the silence. */
  async ended(order: TaskOrder, end: TaskEnd, stop: AbortSignal): Promise<void> {
    const { counts, result, error } = end;
    const { runId, epoch, task } = order;
    this.logger.info({ runId, epoch, kind: task.kind, error, counts }, 'task over');
    const attempt = this.#attempt(order);
    await this.deliver(
      [{ type: 'task-ended', ...attempt, counts, problems: [...end.problems], result, error }],
      stop,
    );
  }

  /** Puts events until Redis takes them or the receiver stops. */
  async deliver(events: readonly RunEvent[], stop: AbortSignal): Promise<void> {
    while (!(await this.#tryPut(...events)) && !stop.aborted)
      await pause(RETRY_AFTER_MS, undefined, { signal: stop }).catch(() => undefined);
  }

  #attempt({ runId, epoch }: TaskOrder): { runId: string; epoch: number; by: string; at: string } {
    return { runId, epoch, by: this.receiverId, at: new Date().toISOString() };
  }

  async #tryPut(...events: readonly RunEvent[]): Promise<boolean> {
    try {
      await this.outlet.put(events);
      return true;
    } catch (error) {
      this.logger.debug({ error: (error as Error).message }, 'task event not delivered');
      return false;
    }
  }
}
