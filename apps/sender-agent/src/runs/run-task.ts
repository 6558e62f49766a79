import type { AgentTaskJob, RunCounts, RunJob, RunOrder } from '@periodic-backup/contracts';
import type { RunEnd } from '../run/run-backup.js';
import type { CancelFlag } from '../transfer/cancel-flag.js';
import type { Progress } from '../transfer/run-tally.js';

/** Work for one thread: an attempt of a backup or of another kind of run, or the unfinished rule of a committed one. */
export type RunTask =
  | { readonly kind: 'run'; readonly job: RunJob }
  | { readonly kind: 'task'; readonly job: AgentTaskJob }
  | { readonly kind: 'rule'; readonly order: RunOrder };

/** Which attempt of which run of which plan. */
export type AttemptName = Pick<RunOrder, 'runId' | 'epoch' | 'planId'>;

/** Hears what becomes of a task, several times a second. */
export interface TaskListener {
  connected(receiverId: string): void;
  progress(progress: Progress, counts: RunCounts): void;
}

/** Does tasks away from the main thread. Never rejects. */
export interface TaskExecutor {
  execute(task: RunTask, listener: TaskListener, cancel: CancelFlag): Promise<RunEnd>;
}

/** An executor with a life of its own. */
export interface TaskThreads extends TaskExecutor {
  open(): void;
  close(): Promise<void>;
}

export function attemptOf(task: RunTask): AttemptName {
  switch (task.kind) {
    case 'run':
      return task.job.order;
    case 'task':
      return task.job.taskOrder;
    case 'rule':
      return task.order;
  }
}
