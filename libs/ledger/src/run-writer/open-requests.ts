import { and, asc, eq, gt, inArray, isNull, sql } from 'drizzle-orm';
import type { Ledger } from '../open-ledger.js';
import type { RunRequestRow } from '../reading/read-run-requests.js';
import { runRequests, runs } from '../schema.js';

/** Starts asked for after `since` (null: ever) that no run has answered, oldest first. */
export async function startsWithoutRun(
  ledger: Ledger,
  { since, limit }: { since: Date | null; limit: number },
): Promise<RunRequestRow[]> {
  const rows = await ledger
    .select({ request: runRequests })
    .from(runRequests)
    .leftJoin(runs, eq(runs.id, runRequests.runId))
    .where(
      and(
        eq(runRequests.kind, 'start'),
        isNull(runs.id),
        since === null ? undefined : gt(runRequests.requestedAt, since),
      ),
    )
    .orderBy(asc(runRequests.requestedAt), asc(runRequests.id))
    .limit(limit);
  return rows.map(({ request }) => request);
}

/** Runs not ended that somebody wants to end. Found from the open runs, which are few. */
export async function runsToCancel(ledger: Ledger): Promise<string[]> {
  const rows = await ledger
    .select({ runId: runs.id })
    .from(runs)
    .where(
      and(
        inArray(runs.state, ['waiting', 'queued', 'running']),
        sql`exists (select 1 from run_requests where run_requests.run_id = ${runs.id} and run_requests.kind = 'cancel')`,
      ),
    );
  return rows.map(({ runId }) => runId);
}
