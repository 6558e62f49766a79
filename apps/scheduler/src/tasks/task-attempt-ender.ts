import { Injectable } from '@nestjs/common';
import type { RunError } from '@periodic-backup/contracts';
import {
  endRun,
  openTasks,
  recordFailedAttempt,
  waitForNextAttempt,
  type Ledger,
} from '@periodic-backup/ledger';
import { decideNextAttempt } from '../attempts/decide-next-attempt.js';
import type { NoteChange } from '../live/plan-decisions.js';
import { SchedulerRuntime } from '../runtime/scheduler-runtime.js';
import { TASK_WORDS, type TaskRun } from './task-run.js';

/** Ends attempts of tasks that did not do what they were asked for. */
@Injectable()
export class TaskAttemptEnder {
  constructor(private readonly runtime: SchedulerRuntime) {}

  /** Ends the current attempt of a queued or running task: another one follows, or the task has failed. */
  async end(
    transaction: Ledger,
    run: TaskRun,
    error: RunError,
    changed: NoteChange,
    { atOnce = false } = {},
  ): Promise<void> {
    if (run.cancelRequestedAt) {
      changed(await endRun(transaction, run.id, { state: 'cancelled', reason: 'Cancelled on request.' }));
      return;
    }
    const { MAX_ATTEMPTS: maxAttempts, RETRY_DELAYS_MS: delaysMs } = this.runtime.config;
    const next = decideNextAttempt(
      error,
      run.attempts,
      { maxAttempts, delaysMs },
      { now: new Date(), chance: Math.random(), atOnce },
    );
    await recordFailedAttempt(transaction, run, error, new Date());
    if (next.kind === 'give up') {
      changed(await endRun(transaction, run.id, { state: 'failed', reason: next.reason, error }));
      return;
    }
    // There is room for one waiting task of a kind.
    if (run.kind !== 'restore' && (await openTasks(transaction, run.planId, run.kind)).waiting) {
      const reason = `${next.reason} The ${TASK_WORDS[run.kind]} that waited behind it takes over.`;
      changed(await endRun(transaction, run.id, { state: 'failed', reason, error }));
      return;
    }
    const { notBefore, reason } = next;
    const attempt = { runId: run.id, epoch: run.epoch };
    changed(await waitForNextAttempt(transaction, attempt, { notBefore, reason, error }));
  }
}
