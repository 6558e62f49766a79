import { randomUUID } from 'node:crypto';
import { and, eq, inArray, isNull, ne, sql } from 'drizzle-orm';
import { canonicalJson, type Task } from '@periodic-backup/contracts';
import type { Ledger } from '../open-ledger.js';
import { withPlanLocked } from '../run-writer/lock-plan.js';
import { plans, runRequests, runs, snapshots } from '../schema.js';

export type TaskAnswer =
  | { readonly outcome: 'requested'; readonly requestId: string; readonly runId: string }
  /**
   * A run of this kind does the same right now, or waits already; only one of a plan may. `sameTask`: it does what was
   * asked for; otherwise ask again once it is under way.
   */
  | { readonly outcome: 'open'; readonly runId: string; readonly sameTask: boolean }
  /** Neither a plan, deleted ones included, nor a snapshot that is still there bears this plan's id. */
  | { readonly outcome: 'no-plan' };

/**
 * Asks for a run that is no backup. The plan may be deleted, or unknown: its snapshots are enough. Restores stand beside each
 * other; of the other kinds one of a plan runs and one waits behind it. Two callers at once: one is told of the other's run.
 */
export async function requestTask(ledger: Ledger, planId: string, task: Task): Promise<TaskAnswer> {
  return withPlanLocked(ledger, planId, async (transaction) => {
    if (!(await isKnown(transaction, planId))) return { outcome: 'no-plan' };
    if (task.kind !== 'restore') {
      const wanted = canonicalJson(task);
      const open = (await openTasks(transaction, planId, task.kind)).map((run) => ({
        ...run,
        sameTask: canonicalJson(run.task) === wanted,
      }));
      const found = open.find(({ sameTask }) => sameTask) ?? open.find(({ waits }) => waits);
      if (found) return { outcome: 'open', runId: found.runId, sameTask: found.sameTask };
    }
    const [requestId, runId] = [randomUUID(), randomUUID()];
    await transaction.insert(runRequests).values({ id: requestId, kind: 'start', planId, runId, task });
    return { outcome: 'requested', requestId, runId };
  });
}

async function isKnown(ledger: Ledger, planId: string): Promise<boolean> {
  const [plan] = await ledger.select({ id: plans.id }).from(plans).where(eq(plans.id, planId));
  if (plan) return true;
  const [snapshot] = await ledger
    .select({ id: snapshots.id })
    .from(snapshots)
    .where(and(eq(snapshots.planId, planId), isNull(snapshots.removedAt)))
    .limit(1);
  return snapshot !== undefined;
}

/** Runs of a kind that have not ended, and wishes for one that have no run yet. */
async function openTasks(
  ledger: Ledger,
  planId: string,
  kind: Task['kind'],
): Promise<{ runId: string; task: Task | null; waits: boolean }[]> {
  const open = await ledger
    .select({ runId: runs.id, task: runs.task, state: runs.state })
    .from(runs)
    .where(
      and(
        eq(runs.planId, planId),
        eq(runs.kind, kind),
        inArray(runs.state, ['waiting', 'queued', 'running']),
        isNull(runs.cancelRequestedAt),
      ),
    );
  const wished = await ledger
    .select({ runId: runRequests.runId, task: runRequests.task })
    .from(runRequests)
    .leftJoin(runs, eq(runs.id, runRequests.runId))
    .where(
      and(
        eq(runRequests.planId, planId),
        ne(runRequests.kind, 'cancel'),
        sql`${runRequests.task} ->> 'kind' = ${kind}`,
        isNull(runs.id),
      ),
    );
  return [
    ...open.map(({ state, ...run }) => ({ ...run, waits: state === 'waiting' })),
    ...wished.map((wish) => ({ ...wish, waits: true })),
  ];
}
