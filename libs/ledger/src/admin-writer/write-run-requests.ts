import { randomUUID } from 'node:crypto';
import { and, eq, isNull } from 'drizzle-orm';
import type { Ledger } from '../open-ledger.js';
import { plans, runRequests, runs } from '../schema.js';

export type StartAnswer =
  | { readonly outcome: 'requested'; readonly requestId: string; readonly runId: string }
  /** A run of the plan waits already; one more would wait behind it. */
  | { readonly outcome: 'waiting'; readonly runId: string }
  | { readonly outcome: 'no-plan' };

/**
 * Asks for a run of a live plan, paused or not, unless one waits already. Two callers at once: one is told of the
 * other's run.
 */
export async function requestStart(ledger: Ledger, planId: string): Promise<StartAnswer> {
  return ledger.transaction(async (transaction) => {
    const [plan] = await transaction
      .select({ id: plans.id })
      .from(plans)
      .where(and(eq(plans.id, planId), isNull(plans.deletedAt)))
      .for('update');
    if (!plan) return { outcome: 'no-plan' };
    const waiting = (await waitingRun(transaction, planId)) ?? (await unansweredStart(transaction, planId));
    if (waiting !== undefined) return { outcome: 'waiting', runId: waiting };
    const [requestId, runId] = [randomUUID(), randomUUID()];
    await transaction.insert(runRequests).values({ id: requestId, kind: 'start', planId, runId });
    return { outcome: 'requested', requestId, runId };
  });
}

/** Asks for the end of a run. Safe to repeat: each wish is a row of its own, the run's end answers them all. */
export async function requestCancel(
  ledger: Ledger,
  run: { readonly runId: string; readonly planId: string },
): Promise<{ requestId: string }> {
  const requestId = randomUUID();
  await ledger.insert(runRequests).values({ id: requestId, kind: 'cancel', ...run });
  return { requestId };
}

async function waitingRun(ledger: Ledger, planId: string): Promise<string | undefined> {
  const [run] = await ledger
    .select({ id: runs.id })
    .from(runs)
    .where(and(eq(runs.planId, planId), eq(runs.kind, 'backup'), eq(runs.state, 'waiting')));
  return run?.id;
}

async function unansweredStart(ledger: Ledger, planId: string): Promise<string | undefined> {
  const [request] = await ledger
    .select({ runId: runRequests.runId })
    .from(runRequests)
    .leftJoin(runs, eq(runs.id, runRequests.runId))
    .where(
      and(
        eq(runRequests.planId, planId),
        eq(runRequests.kind, 'start'),
        isNull(runRequests.task),
        isNull(runs.id),
      ),
    )
    .limit(1);
  return request?.runId;
}
