import { and, asc, eq, inArray, isNotNull, isNull, sql } from 'drizzle-orm';
import type { RetentionSnapshot } from '@periodic-backup/contracts';
import type { Ledger } from '../open-ledger.js';
import type { PlanRow } from '../reading/read-plans.js';
import { plans, runs, snapshotPins, snapshots } from '../schema.js';

/** What calendar and retention need to know of plans to start tasks by themselves. */

export interface VerifyHistory {
  readonly plan: PlanRow;
  /** The last due time that has a verification, or when the last one went: what came due while it waited is done too. */
  readonly lastVerify: Date | null;
  /** When the oldest snapshot that is there was committed; null if there is none. */
  readonly oldestSnapshot: Date | null;
}

/** What is known of these plans, whatever they are like. */
export async function verifyHistories(ledger: Ledger, planIds: readonly string[]): Promise<VerifyHistory[]> {
  if (planIds.length === 0) return [];
  return histories(ledger).where(inArray(plans.id, [...planIds]));
}

/** The same of one. */
export async function verifyHistoryOf(ledger: Ledger, planId: string): Promise<VerifyHistory | null> {
  const [history] = await verifyHistories(ledger, [planId]);
  return history ?? null;
}

function histories(ledger: Ledger) {
  return ledger
    .select({
      plan: plans,
      lastVerify: sql<Date | null>`(
        select greatest(scheduled_for, queued_at) from runs
        where runs.plan_id = plans.id and runs.kind = 'verify' and runs.trigger = 'schedule'
        order by scheduled_for desc limit 1)`.mapWith(runs.scheduledFor),
      oldestSnapshot: sql<Date | null>`(
        select min(committed_at) from snapshots
        where snapshots.plan_id = plans.id and snapshots.removed_at is null)`.mapWith(snapshots.committedAt),
    })
    .from(plans)
    .$dynamic();
}

/** Live plans, not paused, that do not keep everything. */
export function plansWithRetention(ledger: Ledger): Promise<{ id: string }[]> {
  return ledger
    .select({ id: plans.id })
    .from(plans)
    .where(and(isNull(plans.deletedAt), isNull(plans.pausedAt), isNotNull(plans.retention)))
    .orderBy(asc(plans.id));
}

/** The snapshots of a plan that are there, as retention sees them. */
export async function snapshotsForRetention(ledger: Ledger, planId: string): Promise<RetentionSnapshot[]> {
  const rows = await ledger
    .select({
      snapshot: snapshots.snapshot,
      committedAt: snapshots.committedAt,
      pinned: isNotNull(snapshotPins.snapshotId).mapWith(Boolean),
      good: sql<boolean>`coalesce(jsonb_array_length(${snapshots.damages}), 0) = 0`,
    })
    .from(snapshots)
    .leftJoin(snapshotPins, eq(snapshotPins.snapshotId, snapshots.id))
    .where(and(eq(snapshots.planId, planId), isNull(snapshots.removedAt)));
  return rows;
}
