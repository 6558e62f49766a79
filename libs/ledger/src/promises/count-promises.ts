import { and, count, desc, eq, gte, inArray, isNotNull, lt, sql, type SQL } from 'drizzle-orm';
import { lateAfterMs, type PlanHealthFacts, type PromiseReason } from '@periodic-backup/contracts';
import type { Ledger } from '../open-ledger.js';
import { runs, snapshots } from '../schema.js';
import { undamaged } from './conditions.js';

/** From `from` (included) to `to` (excluded), as seen at `now`. */
export interface Period {
  readonly from: Date;
  readonly to: Date;
  readonly now: Date;
}

/** What stands in the ledger of the backups of a plan that were due in a period. */
export interface RunCountsOfPlan {
  readonly scheduled: number;
  readonly committed: number;
  readonly partial: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly missed: number;
  readonly started: number;
  readonly late: number;
  readonly byHand: number;
}

const dueIn = ({ from, to }: Period): SQL | undefined =>
  and(eq(runs.kind, 'backup'), gte(runs.scheduledFor, from), lt(runs.scheduledFor, to));

const ofLivePlan = sql`exists (select 1 from plans where plans.id = ${runs.planId} and plans.deleted_at is null)`;

/** Counts by plan, in one pass over the runs of the period; a plan without any is left out. */
export async function countRunsByPlan(
  ledger: Ledger,
  livePlans: readonly Pick<PlanHealthFacts, 'planId' | 'schedule'>[],
  period: Period,
): Promise<Map<string, RunCountsOfPlan>> {
  if (livePlans.length === 0) return new Map();
  const rows = await runCountsQuery(ledger, livePlans, period);
  return new Map(rows.map(({ planId, ...counts }) => [planId, counts]));
}

/** One row for each of at least one plan. */
export function runCountsQuery(
  ledger: Ledger,
  livePlans: readonly Pick<PlanHealthFacts, 'planId' | 'schedule'>[],
  period: Period,
) {
  const only = livePlans.length === 1 ? livePlans[0]!.planId : null;
  const ids = sql.param(livePlans.map(({ planId }) => planId));
  const lateness = sql.param(livePlans.map(({ schedule }) => lateAfterMs(schedule, period.now)));
  const scheduled = sql`${runs.trigger} = 'schedule'`;
  const of = (condition: SQL): SQL<number> =>
    sql<number>`count(*) filter (where ${scheduled} and ${condition})`.mapWith(Number);
  const good = sql`${runs.state} in ('committed', 'partial')`;
  return ledger
    .select({
      planId: runs.planId,
      scheduled: of(sql`true`),
      committed: of(sql`${runs.state} = 'committed'`),
      partial: of(sql`${runs.state} = 'partial'`),
      failed: of(sql`${runs.state} = 'failed'`),
      cancelled: of(sql`${runs.state} = 'cancelled'`),
      missed: of(sql`${runs.state} = 'missed'`),
      started: of(sql`(${runs.startedAt} is not null or ${good})`),
      late: of(
        sql`${good} and ${runs.finishedAt} > ${runs.scheduledFor} + promised.late_ms * interval '1 millisecond'`,
      ),
      byHand: sql<number>`count(*) filter (where not ${scheduled})`.mapWith(Number),
    })
    .from(runs)
    .innerJoin(
      sql`unnest(${ids}::uuid[], ${lateness}::float8[]) as promised (plan_id, late_ms)`,
      sql`promised.plan_id = ${runs.planId}`,
    )
    .where(and(dueIn(period), only === null ? undefined : eq(runs.planId, only)))
    .groupBy(runs.planId);
}

/** Undamaged snapshots committed in the period that were read again since, by plan. */
export async function countVerifiedByPlan(
  ledger: Ledger,
  { from, to }: Period,
  planId?: string,
): Promise<Map<string, number>> {
  const rows = await ledger
    .select({ planId: snapshots.planId, verified: count() })
    .from(snapshots)
    .where(
      and(
        gte(snapshots.committedAt, from),
        lt(snapshots.committedAt, to),
        isNotNull(snapshots.verifiedAt),
        undamaged,
        planId === undefined ? undefined : eq(snapshots.planId, planId),
      ),
    )
    .groupBy(snapshots.planId);
  return new Map(rows.map((row) => [row.planId, row.verified]));
}

/** Why scheduled backups of the period were no success, the most frequent first. Instants in reasons become `…`. */
export async function countReasons(
  ledger: Ledger,
  period: Period,
  { planId, limit }: { readonly planId?: string; readonly limit: number },
): Promise<PromiseReason[]> {
  const reason = sql<string>`regexp_replace(
    coalesce(${runs.reason}, ${runs.error} ->> 'message', 'No reason was given.'),
    '\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z', '…', 'g')`;
  return ledger
    .select({
      state: sql<PromiseReason['state']>`${runs.state}`,
      reason: reason.as('of_reason'),
      count: count().as('of_count'),
    })
    .from(runs)
    .where(
      and(
        dueIn(period),
        eq(runs.trigger, 'schedule'),
        inArray(runs.state, ['partial', 'failed', 'cancelled', 'missed']),
        planId === undefined ? ofLivePlan : eq(runs.planId, planId),
      ),
    )
    .groupBy(runs.state, sql`of_reason`)
    .orderBy(desc(sql`of_count`), sql`of_reason`)
    .limit(limit);
}
