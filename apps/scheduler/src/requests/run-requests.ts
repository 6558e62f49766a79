import { Injectable } from '@nestjs/common';
import {
  addRuns,
  findPlan,
  findRun,
  getRunRequest,
  getStartRequest,
  openBackups,
  type RunRequestRow,
} from '@periodic-backup/ledger';
import { Dispatcher } from '../dispatch/dispatcher.js';
import { PlanDecisions } from '../live/plan-decisions.js';
import { SchedulerRuntime } from '../runtime/scheduler-runtime.js';
import { RunCanceller } from './run-canceller.js';

/** Answers the wishes of people. Safe to repeat: a start is answered by the run it chose the id of, a cancel by its end. */
@Injectable()
export class RunRequests {
  constructor(
    private readonly runtime: SchedulerRuntime,
    private readonly decisions: PlanDecisions,
    private readonly dispatcher: Dispatcher,
    private readonly canceller: RunCanceller,
  ) {}

  async answer(requestId: string): Promise<void> {
    const request = await getRunRequest(this.runtime.ledger, requestId);
    if (!request) return;
    if (request.kind === 'start') return this.start(request);
    // The start may not have been answered yet.
    if (!(await findRun(this.runtime.ledger, request.runId))) {
      const start = await getStartRequest(this.runtime.ledger, request.runId);
      if (start) await this.#addRun(start);
    }
    await this.canceller.cancel(request.runId);
  }

  async start(request: RunRequestRow): Promise<void> {
    await this.#addRun(request);
    await this.dispatcher.dispatch(request.planId);
  }

  /** A wish that cannot be fulfilled gets its run too, ended with the reason. */
  #addRun({ planId, runId, requestedAt }: RunRequestRow): Promise<void> {
    return this.decisions.take(planId, async (transaction, changed) => {
      const plan = await findPlan(transaction, planId);
      if (!plan || (await findRun(transaction, runId))) return;
      const { active, waiting } = await openBackups(transaction, planId);
      const refusal = plan.deletedAt
        ? 'The plan was deleted.'
        : waiting && 'Another run of this plan was already waiting.';
      const rows = await addRuns(transaction, [
        {
          id: runId,
          planId,
          agentId: plan.agentId,
          trigger: 'manual',
          state: refusal ? 'cancelled' : 'waiting',
          reason: refusal ?? (active ? 'The run before it has not ended yet.' : null),
          scheduledFor: requestedAt,
        },
      ]);
      changed(...rows);
    });
  }
}
