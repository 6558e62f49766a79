import { Injectable } from '@nestjs/common';
import {
  addRuns,
  findPlan,
  findRun,
  getRunRequest,
  getStartRequest,
  openBackups,
  type Ledger,
  type RunRequestRow,
} from '@periodic-backup/ledger';
import { Dispatcher } from '../dispatch/dispatcher.js';
import { PlanDecisions, type NoteChange } from '../live/plan-decisions.js';
import { TaskRequests, asTaskRequest } from '../tasks/task-requests.js';
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
    private readonly tasks: TaskRequests,
  ) {}

  async answer(requestId: string): Promise<void> {
    const request = await getRunRequest(this.runtime.ledger, requestId);
    if (!request) return;
    if (request.kind === 'start') return this.start(request);
    // The start may not have been answered yet.
    const start = await getStartRequest(this.runtime.ledger, request.runId);
    const task = start && asTaskRequest(start);
    if (task) await this.tasks.add(task);
    else if (start) await this.decisions.take(start.planId, (...decision) => addRun(start, ...decision));
    await this.canceller.cancel(request.runId);
  }

  /** Adds the run that was asked for and sends it: one transaction, one commit. */
  start(request: RunRequestRow): Promise<void> {
    const task = asTaskRequest(request);
    if (task) return this.tasks.start(task);
    return this.dispatcher.dispatch(request.planId, (...decision) => addRun(request, ...decision));
  }
}

/** A wish that cannot be fulfilled gets its run too, ended with the reason. */
async function addRun(
  { planId, runId, requestedAt }: RunRequestRow,
  transaction: Ledger,
  changed: NoteChange,
): Promise<void> {
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
}
