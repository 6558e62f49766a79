import { Injectable } from '@nestjs/common';
import type { Task } from '@periodic-backup/contracts';
import {
  addTaskRun,
  findRun,
  findTaskTarget,
  openTasks,
  type Ledger,
  type RunRequestRow,
  type TaskTarget,
} from '@periodic-backup/ledger';
import { PlanDecisions, type NoteChange } from '../live/plan-decisions.js';
import { TaskDispatcher } from './task-dispatcher.js';
import { TASK_WORDS, isAgentWork } from './task-run.js';

/** A wish for a run that is no backup. */
export type TaskRequest = RunRequestRow & { readonly task: Task };

export function asTaskRequest(request: RunRequestRow): TaskRequest | null {
  return request.kind === 'start' && request.task ? (request as TaskRequest) : null;
}

/** Answers wishes for tasks: the row, once, whoever comes; then the job. Safe to repeat. */
@Injectable()
export class TaskRequests {
  constructor(
    private readonly decisions: PlanDecisions,
    private readonly dispatcher: TaskDispatcher,
  ) {}

  async start(request: TaskRequest): Promise<void> {
    await this.add(request);
    await this.dispatcher.dispatch(request.runId);
  }

  /** A wish that cannot be fulfilled gets its run too, ended with the reason. */
  async add(request: TaskRequest): Promise<void> {
    await this.decisions.take(request.planId, (...decision) => addRun(request, ...decision));
  }
}

async function addRun(
  { planId, runId, requestedAt, task }: TaskRequest,
  transaction: Ledger,
  changed: NoteChange,
): Promise<void> {
  if (await findRun(transaction, runId)) return;
  const target = await findTaskTarget(transaction, planId, task);
  const refusal = target ? await whyRefused(transaction, planId, task) : 'The plan is not known.';
  changed(
    await addTaskRun(transaction, {
      id: runId,
      planId,
      agentId: agentOf(task, target),
      trigger: 'manual',
      state: refusal === null ? 'waiting' : 'cancelled',
      reason: refusal,
      scheduledFor: requestedAt,
      task,
    }),
  );
}

async function whyRefused(transaction: Ledger, planId: string, task: Task): Promise<string | null> {
  if (task.kind === 'restore') return null;
  const { waiting } = await openTasks(transaction, planId, task.kind);
  return waiting && `Another ${TASK_WORDS[task.kind]} of this plan was already waiting.`;
}

/** Who does it, or whose snapshots they are. */
function agentOf(task: Task, target: TaskTarget | null): string {
  return isAgentWork(task) ? task.agentId : (target?.agentId ?? 'unknown');
}
