import { Injectable } from '@nestjs/common';
import { findRun, takeBackFromQueue } from '@periodic-backup/ledger';
import { PlanDecisions } from '../live/plan-decisions.js';
import type { StrayDecision } from '../reconcile/decide-stray.js';
import { movedOn } from '../reconcile/run-mender.js';
import { SchedulerRuntime } from '../runtime/scheduler-runtime.js';
import { TaskAttemptEnder } from './task-attempt-ender.js';
import { TaskDispatcher } from './task-dispatcher.js';
import { TaskQueues } from './task-queues.js';
import { asTask, type TaskRun } from './task-run.js';

/** Puts a task right that is not what the ledger calls it. Changes nothing if something was heard of it meanwhile. */
@Injectable()
export class TaskMender {
  constructor(
    private readonly runtime: SchedulerRuntime,
    private readonly decisions: PlanDecisions,
    private readonly queues: TaskQueues,
    private readonly attempts: TaskAttemptEnder,
    private readonly dispatcher: TaskDispatcher,
  ) {}

  async mend(
    run: TaskRun,
    vaultId: string,
    decision: Exclude<StrayDecision, { kind: 'leave' }>,
  ): Promise<void> {
    this.runtime.logger.info({ runId: run.id, epoch: run.epoch, decision }, 'a stray task');
    switch (decision.kind) {
      case 'add job':
        if (!(await this.dispatcher.sendAgain(run)))
          await this.#takeBack(run, 'Its job was lost and could not be sent again yet.');
        return;
      case 'take back':
        if ((await this.queues.remove(run, vaultId)) === 'removed')
          await this.#takeBack(run, decision.reason);
        return;
      case 'end attempt':
        await this.decisions.take(run.planId, async (transaction, changed) => {
          const current = asTask(await findRun(transaction, run.id));
          if (current && !movedOn(current, run))
            await this.attempts.end(transaction, current, decision.error, changed);
        });
        // Nobody works on that job any more; what somebody reports after all is of an old epoch.
        await this.queues.remove(run, vaultId);
        await this.dispatcher.dispatch(run.id);
    }
  }

  async #takeBack(run: TaskRun, reason: string): Promise<void> {
    await this.decisions.take(run.planId, async (transaction, changed) => {
      changed(await takeBackFromQueue(transaction, { runId: run.id, epoch: run.epoch }, reason));
    });
    await this.dispatcher.dispatch(run.id);
  }
}
