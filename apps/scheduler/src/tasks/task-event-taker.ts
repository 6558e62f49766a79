import { Injectable } from '@nestjs/common';
import type { RunError, RunEvent, Task, TaskResult } from '@periodic-backup/contracts';
import {
  closeTask,
  endRun,
  findRun,
  findTaskTarget,
  markAlive,
  markConnected,
  markStarted,
  noteFigures,
  noteRemoval,
  noteTaskResult,
  noteVerification,
  planIdsAt,
  recordProblems,
  tasksRunningOnAgent,
  type Ledger,
  type RunRow,
} from '@periodic-backup/ledger';
import { PlanDecisions, type NoteChange } from '../live/plan-decisions.js';
import { SchedulerRuntime } from '../runtime/scheduler-runtime.js';
import { withMissing } from './missing-snapshots.js';
import { TaskAttemptEnder } from './task-attempt-ender.js';
import { TaskDispatcher } from './task-dispatcher.js';
import { taskOutcome } from './task-outcome.js';
import { asTask, isAgentWork, type TaskRun } from './task-run.js';

type EventOf<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>;
export type TaskEvent = EventOf<'task-started' | 'task-alive' | 'task-ended'>;

const NO_RESULT: RunError = {
  code: 'NO_REPORT',
  message: 'The attempt ended with neither a result nor an error',
  retryable: true,
};

/**
 * Takes what agents and receivers say of tasks. Events may come twice, late or in another order: each changes only the
 * attempt it speaks of, and only from a state in which it can be true. What became of snapshots counts in any case.
 */
@Injectable()
export class TaskEventTaker {
  constructor(
    private readonly runtime: SchedulerRuntime,
    private readonly decisions: PlanDecisions,
    private readonly attempts: TaskAttemptEnder,
    private readonly dispatcher: TaskDispatcher,
  ) {}

  async take(event: TaskEvent): Promise<void> {
    const { ledger } = this.runtime;
    const run = asTask(await findRun(ledger, event.runId));
    if (!run || event.epoch > run.epoch) return;
    if (isAgentWork(run.task) && event.by !== run.agentId) {
      this.runtime.logger.warn({ runId: run.id, by: event.by, type: event.type }, 'a report of a stranger');
      return;
    }
    const at = new Date(event.at);
    switch (event.type) {
      case 'task-started':
        return this.#noteProgress(
          isAgentWork(run.task)
            ? await markStarted(ledger, event, at)
            : await markConnected(ledger, event, { at, receiverId: event.by }),
        );
      case 'task-alive':
        return this.#noteProgress(
          await markAlive(ledger, event, { at, counts: event.counts }),
          run.state === 'queued',
        );
      case 'task-ended':
        return this.#ended(run, event);
    }
  }

  /** Its earlier process is gone, and with it what that was doing: no need to wait for silence. */
  async agentStarted(event: EventOf<'agent-started'>): Promise<void> {
    const error: RunError = {
      code: 'AGENT_RESTARTED',
      message: `Agent "${event.agentId}" was restarted`,
      retryable: true,
    };
    const startedAt = new Date(event.at);
    for (const { id, planId } of await tasksRunningOnAgent(this.runtime.ledger, event.agentId)) {
      if (event.runIds.includes(id)) continue;
      await this.decisions.take(planId, async (transaction, changed) => {
        const run = asTask(await findRun(transaction, id));
        // Both instants are of the agent's clock: a later sign of life is the new process's own.
        if (run?.state === 'running' && (run.aliveAt ?? startedAt) <= startedAt)
          await this.attempts.end(transaction, run, error, changed, { atOnce: true });
      });
    }
    await this.dispatcher.dispatchAll();
  }

  /** An event that was overtaken by the end of its run is no news. */
  #noteProgress(run: RunRow | null, isNews = true): void {
    this.decisions.note(isNews && run?.state === 'running' ? run : null);
  }

  async #ended(known: TaskRun, event: EventOf<'task-ended'>): Promise<void> {
    await this.decisions.take(known.planId, async (transaction, changed) => {
      const run = asTask(await findRun(transaction, event.runId));
      if (!run) return;
      const isCurrent = run.epoch === event.epoch && isActive(run);
      const stated = resultOf(run, event);
      const complete = stated !== null && isCurrent && event.error === null;
      const planIds = stated ? await sharingPlace(transaction, run) : [];
      const result = complete ? await withMissing(transaction, run, stated, planIds) : stated;
      if (result) await noteFacts(transaction, run.task, result, { planIds, at: new Date(event.at) });
      if (!isCurrent) return;
      await this.#endAttempt(transaction, run, { ...event, result }, changed);
    });
    await this.dispatcher.dispatchNext(known).catch((error: unknown) => {
      this.runtime.logger.debug({ runId: known.id, error: (error as Error).message }, 'not dispatched yet');
    });
  }

  async #endAttempt(
    transaction: Ledger,
    run: TaskRun,
    { result, ...event }: EventOf<'task-ended'>,
    changed: NoteChange,
  ): Promise<void> {
    const { counts, problems, runId, epoch } = event;
    const error = event.error ?? (result ? null : NO_RESULT);
    await noteFigures(transaction, { runId, epoch }, error ? { counts, error } : { counts });
    await recordProblems(transaction, runId, problems);
    if (error === null && result) {
      const outcome = taskOutcome(result, problemsOf(run, event));
      changed(await closeTask(transaction, { runId, epoch }, { ...outcome, result }));
      return;
    }
    if (result) await noteTaskResult(transaction, { runId, epoch }, result);
    if (error?.code === 'CANCELLED') {
      const reason = run.cancelRequestedAt ? 'Cancelled on request.' : 'Cancelled where it ran.';
      changed(await endRun(transaction, runId, { state: 'cancelled', reason, error }));
    } else await this.attempts.end(transaction, run, error ?? NO_RESULT, changed);
  }
}

/** A result that is of another kind is none. */
function resultOf(run: TaskRun, { result }: EventOf<'task-ended'>): TaskResult | null {
  return result?.kind === run.kind ? result : null;
}

/** The plans whose snapshots lie where those of the task do: what became of them is told by their names there. */
async function sharingPlace(transaction: Ledger, { planId, task }: TaskRun): Promise<string[]> {
  if (isAgentWork(task)) return [];
  const target = await findTaskTarget(transaction, planId, task);
  return target ? planIdsAt(transaction, target) : [planId];
}

/** What became of snapshots is true whatever became of the run that did it. */
async function noteFacts(
  transaction: Ledger,
  task: Task,
  result: TaskResult,
  { planIds, at }: { planIds: readonly string[]; at: Date },
): Promise<void> {
  if (result.kind === 'verify') await noteVerification(transaction, planIds, result, at);
  if (result.kind === 'prune' && task.kind === 'prune') {
    const removed = result.removed.filter((snapshot) => task.snapshots.includes(snapshot));
    await noteRemoval(transaction, planIds, removed, at);
  }
}

/** The list may be cut; what a verification counts as failed are its damages, which its result names. */
function problemsOf(
  { task }: TaskRun,
  { problems, counts }: Pick<EventOf<'task-ended'>, 'problems' | 'counts'>,
): number {
  // An agent also tells what is worth knowing though nothing failed, such as owners that only root may set.
  return isAgentWork(task) ? counts.filesFailed : problems.length;
}

function isActive({ state }: RunRow): boolean {
  return state === 'queued' || state === 'running';
}
