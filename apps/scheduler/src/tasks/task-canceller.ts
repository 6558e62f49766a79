import { Injectable } from '@nestjs/common';
import {
  endQueuedAttempt,
  endRun,
  findRun,
  findTaskTarget,
  markCancelRequested,
} from '@periodic-backup/ledger';
import { PlanDecisions } from '../live/plan-decisions.js';
import { SchedulerRuntime } from '../runtime/scheduler-runtime.js';
import { TaskDispatcher } from './task-dispatcher.js';
import { TaskQueues } from './task-queues.js';
import { asTask, isAgentWork, type TaskRun } from './task-run.js';

const ON_REQUEST = { state: 'cancelled', reason: 'Cancelled on request.' } as const;

/** Ends tasks that somebody wants to end. Safe to repeat: the reconciler does, until the task has ended. */
@Injectable()
export class TaskCanceller {
  constructor(
    private readonly runtime: SchedulerRuntime,
    private readonly decisions: PlanDecisions,
    private readonly queues: TaskQueues,
    private readonly dispatcher: TaskDispatcher,
  ) {}

  /**
   * What waits, and what a vault does, ends at once: what its receivers still report changes the run no more. A queued one of an
   * agent ends when its job is taken back; a running one is its agent's to stop, and given up when patience ends.
   */
  async cancel(known: TaskRun): Promise<void> {
    const left = await this.#decide(known);
    if (left && isAgentWork(left.task)) await this.#stopOnAgent(left);
    else if (left) await this.#takeBackFromVault(left);
    await this.dispatcher.dispatchNext(known);
  }

  /** Resolves with the run if something of it is left on a queue or beyond. */
  #decide({ id, planId }: TaskRun): Promise<TaskRun | null> {
    return this.decisions.take(planId, async (transaction, changed) => {
      const run = asTask(await findRun(transaction, id));
      if (run?.state === 'waiting') {
        changed(await endRun(transaction, id, ON_REQUEST));
        return null;
      }
      const now = new Date();
      const marked = asTask(await markCancelRequested(transaction, id, now));
      if (!marked) return null;
      if (!isAgentWork(marked.task)) {
        changed(await endRun(transaction, id, ON_REQUEST));
        return marked;
      }
      const wantedMs = now.getTime() - (marked.cancelRequestedAt ?? now).getTime();
      if (wantedMs < this.runtime.config.CANCEL_PATIENCE_MS) return marked;
      const reason = `Cancelled on request. Agent "${marked.agentId}" did not confirm it in time.`;
      changed(await endRun(transaction, id, { state: 'cancelled', reason }));
      return null;
    });
  }

  async #stopOnAgent(run: TaskRun): Promise<void> {
    if (run.state !== 'queued' || (await this.queues.remove(run, '')) === 'taken')
      return this.queues.stopAgent(run);
    await this.decisions.take(run.planId, async (transaction, changed) => {
      changed(await endQueuedAttempt(transaction, { runId: run.id, epoch: run.epoch }, ON_REQUEST));
    });
  }

  async #takeBackFromVault(run: TaskRun): Promise<void> {
    const target = await findTaskTarget(this.runtime.ledger, run.planId, run.task);
    if (!target) return;
    await this.queues.stopVault(run, target.vaultId);
    await this.queues.remove(run, target.vaultId);
  }
}
