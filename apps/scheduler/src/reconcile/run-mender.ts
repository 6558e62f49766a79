import { Injectable } from '@nestjs/common';
import { findPlan, findRun, takeBackFromQueue, type RunRow } from '@periodic-backup/ledger';
import { AttemptEnder } from '../attempts/attempt-ender.js';
import { AgentQueues } from '../dispatch/agent-queues.js';
import { Dispatcher } from '../dispatch/dispatcher.js';
import { PlanDecisions } from '../live/plan-decisions.js';
import { SchedulerRuntime } from '../runtime/scheduler-runtime.js';
import type { StrayDecision } from './decide-stray.js';

/** Puts a run right that is not what the ledger calls it. Changes nothing if something was heard of it meanwhile. */
@Injectable()
export class RunMender {
  constructor(
    private readonly runtime: SchedulerRuntime,
    private readonly decisions: PlanDecisions,
    private readonly queues: AgentQueues,
    private readonly attempts: AttemptEnder,
    private readonly dispatcher: Dispatcher,
  ) {}

  async mend(run: RunRow, decision: Exclude<StrayDecision, { kind: 'leave' }>): Promise<void> {
    this.runtime.logger.info({ runId: run.id, epoch: run.epoch, decision }, 'a stray run');
    switch (decision.kind) {
      case 'add job':
        return this.#addJob(run);
      case 'take back':
        if ((await this.queues.remove(run)) === 'removed') await this.#takeBack(run, decision.reason);
        return;
      case 'end attempt':
        await this.decisions.take(run.planId, async (transaction, changed) => {
          const current = await findRun(transaction, run.id);
          if (current && !movedOn(current, run))
            await this.attempts.end(transaction, current, decision.error, changed);
        });
        // Nobody works on that job any more; should somebody after all, its epoch fences it out.
        await this.queues.remove(run);
        await this.dispatcher.dispatch(run.planId);
    }
  }

  async #addJob(run: RunRow): Promise<void> {
    const plan = await findPlan(this.runtime.ledger, run.planId);
    const sent = plan !== null && (await this.dispatcher.sendAgain(plan, run));
    if (!sent) await this.#takeBack(run, 'Its job was lost and could not be sent again yet.');
  }

  async #takeBack(run: RunRow, reason: string): Promise<void> {
    await this.decisions.take(run.planId, async (transaction, changed) => {
      changed(await takeBackFromQueue(transaction, { runId: run.id, epoch: run.epoch }, reason));
    });
    await this.dispatcher.dispatch(run.planId);
  }
}

export function movedOn(current: RunRow, seen: RunRow): boolean {
  return (
    current.epoch !== seen.epoch ||
    current.state !== seen.state ||
    current.aliveAt?.getTime() !== seen.aliveAt?.getTime()
  );
}
