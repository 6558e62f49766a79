import { Injectable } from '@nestjs/common';
import {
  closeWithReceipt,
  endQueuedAttempt,
  endRun,
  findRun,
  markCancelRequested,
  type RunRow,
} from '@periodic-backup/ledger';
import { receiptOutcome } from '../attempts/receipt-outcome.js';
import { AgentQueues } from '../dispatch/agent-queues.js';
import { Dispatcher } from '../dispatch/dispatcher.js';
import { PlanDecisions } from '../live/plan-decisions.js';
import { TaskCanceller } from '../tasks/task-canceller.js';
import { asTask } from '../tasks/task-run.js';
import { SchedulerRuntime } from '../runtime/scheduler-runtime.js';

const ON_REQUEST = { state: 'cancelled', reason: 'Cancelled on request.' } as const;

/** Ends runs that somebody wants to end. Safe to repeat: the reconciler does, until the run has ended. */
@Injectable()
export class RunCanceller {
  constructor(
    private readonly runtime: SchedulerRuntime,
    private readonly decisions: PlanDecisions,
    private readonly queues: AgentQueues,
    private readonly dispatcher: Dispatcher,
    private readonly tasks: TaskCanceller,
  ) {}

  /**
   * A waiting run ends at once, a queued one when its job is taken back. A running one is its agent's to stop; if
   * the agent does not within the configured patience, the run is given up.
   */
  async cancel(runId: string): Promise<void> {
    const known = await findRun(this.runtime.ledger, runId);
    if (!known) return;
    const task = asTask(known);
    if (task) return this.tasks.cancel(task);
    const run = await this.#decide(known);
    if (!run) return;
    if (run.state === 'queued' && (await this.queues.remove(run)) === 'removed') {
      await this.decisions.take(run.planId, async (transaction, changed) => {
        changed(await endQueuedAttempt(transaction, { runId, epoch: run.epoch }, ON_REQUEST));
      });
      await this.dispatcher.dispatch(run.planId);
      return;
    }
    await this.queues.cancel(run);
  }

  /** Resolves with the run if it takes its agent to end it. */
  #decide({ id, planId }: RunRow): Promise<RunRow | null> {
    return this.decisions.take(planId, async (transaction, changed) => {
      const run = await findRun(transaction, id);
      if (run?.state === 'waiting') {
        changed(await endRun(transaction, id, ON_REQUEST));
        return null;
      }
      const now = new Date();
      const marked = await markCancelRequested(transaction, id, now);
      const patienceMs = this.runtime.config.CANCEL_PATIENCE_MS;
      if (!marked?.cancelRequestedAt || now.getTime() - marked.cancelRequestedAt.getTime() < patienceMs)
        return marked;
      if (marked.receipt) {
        const outcome = receiptOutcome(marked.receipt, marked.filesFailed);
        changed(await closeWithReceipt(transaction, marked.receipt, { ...outcome, counts: null }));
        return null;
      }
      const reason = `Cancelled on request. Agent "${marked.agentId}" did not confirm it in time.`;
      changed(await endRun(transaction, id, { state: 'cancelled', reason }));
      return null;
    });
  }
}
