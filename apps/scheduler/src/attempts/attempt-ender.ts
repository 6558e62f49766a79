import { Injectable } from '@nestjs/common';
import type { RunError } from '@periodic-backup/contracts';
import {
  closeWithReceipt,
  endRun,
  openBackups,
  recordFailedAttempt,
  waitForNextAttempt,
  type Ledger,
  type RunRow,
} from '@periodic-backup/ledger';
import type { NoteChange } from '../live/plan-decisions.js';
import { SchedulerRuntime } from '../runtime/scheduler-runtime.js';
import { decideNextAttempt } from './decide-next-attempt.js';
import { receiptOutcome } from './receipt-outcome.js';

/** Ends attempts whose agent brought no receipt. */
@Injectable()
export class AttemptEnder {
  constructor(private readonly runtime: SchedulerRuntime) {}

  /** Ends the current attempt of a queued or running run: another one follows, or the run has failed. */
  async end(
    transaction: Ledger,
    run: RunRow,
    error: RunError,
    changed: NoteChange,
    { atOnce = false } = {},
  ): Promise<void> {
    // The receiver's own word is here already: the snapshot is safe, whatever became of the agent.
    if (run.receipt) {
      const outcome = receiptOutcome(run.receipt, run.filesFailed);
      changed(await closeWithReceipt(transaction, run.receipt, { ...outcome, counts: null }));
      return;
    }
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
    const { waiting } = await openBackups(transaction, run.planId);
    // There is room for one waiting run. A person waits for the one started by hand; a tick gives way.
    if (waiting?.trigger === 'manual') {
      const reason = `${next.reason} The run started by hand that waited behind it takes over.`;
      changed(await endRun(transaction, run.id, { state: 'failed', reason, error }));
      return;
    }
    if (waiting) {
      const reason = 'The run before it has to be tried again and takes its place.';
      changed(await endRun(transaction, waiting.id, { state: 'missed', reason }));
    }
    const { notBefore, reason } = next;
    changed(
      await waitForNextAttempt(
        transaction,
        { runId: run.id, epoch: run.epoch },
        { notBefore, reason, error },
      ),
    );
  }
}
