import { and, asc, count, eq, inArray, max, min, sql } from 'drizzle-orm';
import type { PlanDeletion } from '@periodic-backup/contracts';
import type { Ledger } from '../open-ledger.js';
import type { PlanRow } from '../reading/read-plans.js';
import { plans, runs, snapshotPins, snapshots } from '../schema.js';
import { damaged, kept } from './conditions.js';

export interface PlanBelongings extends Pick<PlanDeletion, 'snapshots' | 'openRuns'> {
  readonly plan: PlanRow;
}

/** A plan, deleted or not, with what hangs on it; null if there never was one. */
export async function planBelongings(ledger: Ledger, planId: string): Promise<PlanBelongings | null> {
  const [[plan], [held], openRuns] = await Promise.all([
    ledger.select().from(plans).where(eq(plans.id, planId)),
    ledger
      .select({
        count: count(),
        oldest: min(snapshots.snapshot),
        newest: max(snapshots.snapshot),
        pinned: count(snapshotPins.snapshotId),
        damaged: sql<number>`count(*) filter (where ${damaged})`.mapWith(Number),
      })
      .from(snapshots)
      .leftJoin(snapshotPins, eq(snapshotPins.snapshotId, snapshots.id))
      .where(and(eq(snapshots.planId, planId), kept)),
    ledger
      .select({ runId: runs.id, kind: runs.kind, state: runs.state })
      .from(runs)
      .where(and(eq(runs.planId, planId), inArray(runs.state, ['waiting', 'queued', 'running'])))
      .orderBy(asc(runs.scheduledFor), asc(runs.id))
      .limit(1000),
  ]);
  return plan ? { plan, snapshots: held!, openRuns } : null;
}
