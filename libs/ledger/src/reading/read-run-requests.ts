import { and, asc, eq, isNull, notInArray } from 'drizzle-orm';
import { FINAL_RUN_STATES } from '@periodic-backup/contracts';
import type { Ledger } from '../open-ledger.js';
import { runRequests, runs } from '../schema.js';

export type RunRequestRow = typeof runRequests.$inferSelect;

export async function getRunRequest(ledger: Ledger, requestId: string): Promise<RunRequestRow | null> {
  const [row] = await ledger.select().from(runRequests).where(eq(runRequests.id, requestId));
  return row ?? null;
}

/** The wish that chose a run's id, whether or not the run exists yet. */
export async function getStartRequest(ledger: Ledger, runId: string): Promise<RunRequestRow | null> {
  const [row] = await ledger
    .select()
    .from(runRequests)
    .where(and(eq(runRequests.runId, runId), eq(runRequests.kind, 'start')));
  return row ?? null;
}

/** Starts that no run has answered yet, oldest first. */
export async function unansweredStarts(ledger: Ledger, limit = 1000): Promise<RunRequestRow[]> {
  const rows = await ledger
    .select({ request: runRequests })
    .from(runRequests)
    .leftJoin(runs, eq(runs.id, runRequests.runId))
    .where(and(eq(runRequests.kind, 'start'), isNull(runs.id)))
    .orderBy(asc(runRequests.requestedAt), asc(runRequests.id))
    .limit(limit);
  return rows.map(({ request }) => request);
}

/** Cancels of runs that have not ended, oldest first. */
export async function unansweredCancels(ledger: Ledger, limit = 1000): Promise<RunRequestRow[]> {
  const rows = await ledger
    .select({ request: runRequests })
    .from(runRequests)
    .innerJoin(runs, eq(runs.id, runRequests.runId))
    .where(and(eq(runRequests.kind, 'cancel'), notInArray(runs.state, [...FINAL_RUN_STATES])))
    .orderBy(asc(runRequests.requestedAt), asc(runRequests.id))
    .limit(limit);
  return rows.map(({ request }) => request);
}
