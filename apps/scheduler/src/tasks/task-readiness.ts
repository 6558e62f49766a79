import type { ReceiverOffer, Task } from '@periodic-backup/contracts';
import {
  agentTerms,
  findPlan,
  findTaskTarget,
  openTasks,
  snapshotsForRetention,
  type Ledger,
  type RunEnding,
  type TaskTarget,
} from '@periodic-backup/ledger';
import type { Surroundings } from '../dispatch/choose-offers.js';
import { revokedReason } from '../dispatch/decide-dispatch.js';
import { stillPrunable } from '../retention/prunable.js';
import { chooseReaders } from './choose-readers.js';
import { TASK_WORDS, isAgentWork, type TaskRun } from './task-run.js';

export type Readiness =
  | {
      readonly kind: 'go';
      /** As it is to be done now. */
      readonly task: Task;
      readonly target: TaskTarget;
      readonly receivers: readonly ReceiverOffer[];
      /** Id of the key of the agent that does it, if one does and has one. */
      readonly keyId: string | null;
    }
  | { readonly kind: 'wait'; readonly reason: string }
  | { readonly kind: 'end'; readonly ending: RunEnding };

/** Whether a waiting task can go now, what it waits for, or why it is not wanted or not possible any more. */
export async function readinessOf(
  ledger: Ledger,
  run: TaskRun,
  { agent, receivers }: Surroundings,
  now: Date,
): Promise<Readiness> {
  const withdrawn = await whyWithdrawn(ledger, run);
  if (withdrawn) return cancelled(withdrawn);
  const target = await findTaskTarget(ledger, run.planId, run.task);
  if (!target) return failed('Neither the plan nor any snapshot of it is known.');
  if (target.snapshotRemoved) return failed('The snapshot was removed.');
  const task = await taskNow(ledger, run, now);
  if (!task) return cancelled('None of the snapshots is to be removed any more.');
  if (run.kind !== 'restore') {
    const { active } = await openTasks(ledger, run.planId, run.kind);
    if (active && active.id !== run.id)
      return wait(`The ${TASK_WORDS[run.kind]} before it has not ended yet.`);
  }
  if (isAgentWork(task) && !agent?.online) return wait(`Agent "${task.agentId}" is not online.`);
  const choice = chooseReaders(run.id, target.vaultId, receivers);
  if ('waitsFor' in choice) return wait(choice.waitsFor);
  const go = { kind: 'go' as const, task, target, receivers: choice.receivers };
  if (!isAgentWork(task)) return { ...go, keyId: null };
  const { keyId, revoked } = await agentTerms(ledger, task.agentId);
  return revoked ? wait(revokedReason(task.agentId)) : { ...go, keyId };
}

/** What nobody asked for by hand ends with its plan. What was begun is finished. */
async function whyWithdrawn(ledger: Ledger, run: TaskRun): Promise<string | null> {
  if (run.trigger === 'manual' || run.attempts > 0) return null;
  const plan = await findPlan(ledger, run.planId);
  if (!plan || plan.deletedAt) return 'The plan was deleted.';
  return plan.pausedAt ? 'The plan was paused.' : null;
}

/** A removal is decided anew each time it is sent; null if nothing of it is left. */
async function taskNow(ledger: Ledger, { task, planId, trigger }: TaskRun, now: Date): Promise<Task | null> {
  if (task.kind !== 'prune') return task;
  const plan = trigger === 'schedule' ? await findPlan(ledger, planId) : null;
  const snapshots = stillPrunable(task, await snapshotsForRetention(ledger, planId), plan, now);
  return snapshots.length === 0 ? null : { ...task, snapshots };
}

function wait(reason: string): Readiness {
  return { kind: 'wait', reason };
}

function cancelled(reason: string): Readiness {
  return { kind: 'end', ending: { state: 'cancelled', reason } };
}

function failed(reason: string): Readiness {
  const error = { code: 'NOT_FOUND', message: reason, retryable: false };
  return { kind: 'end', ending: { state: 'failed', reason, error } };
}
