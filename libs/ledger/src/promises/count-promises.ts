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
  const { rows } = await ledger.execute<{ plan_id: string } & Counted>(runCountsQuery(livePlans, period));
  return new Map(
    rows.map(({ plan_id: planId, by_hand: byHand, ...counts }) => [planId, { ...counts, byHand }]),
  );
}

type Counted = Omit<RunCountsOfPlan, 'byHand'> & { readonly by_hand: number };

/**
 * One row for each of at least one plan. A million rows are first counted by what they have in common, and only then laid
 * out in columns: each costs one comparison instead of ten.
 */
export function runCountsQuery(
  livePlans: readonly Pick<PlanHealthFacts, 'planId' | 'schedule'>[],
  period: Period,
): SQL {
  const only = livePlans.length === 1 ? sql`and runs.plan_id = ${livePlans[0]!.planId}` : sql``;
  const ids = sql.param(livePlans.map(({ planId }) => planId));
  const lateness = sql.param(livePlans.map(({ schedule }) => lateAfterMs(schedule, period.now)));
  const of = (column: string, condition: string): SQL =>
    sql.raw(`coalesce(sum(${column}) filter (where trigger = 'schedule' and ${condition}), 0)::int`);
  return sql`
    with promised as materialized (
      select plan_id, late_ms * interval '1 millisecond' as late_after
      from unnest(${ids}::uuid[], ${lateness}::float8[]) as wanted (plan_id, late_ms)
    ), alike as (
      select runs.plan_id, runs.trigger, runs.state, count(*) as runs, count(runs.started_at) as started,
        count(*) filter (where runs.finished_at > runs.scheduled_for + promised.late_after) as late
      from runs join promised on promised.plan_id = runs.plan_id
      where runs.kind = 'backup' and runs.scheduled_for >= ${period.from.toISOString()}
        and runs.scheduled_for < ${period.to.toISOString()} ${only}
      group by runs.plan_id, runs.trigger, runs.state
    )
    select plan_id, ${of('runs', 'true')} as scheduled, ${of('runs', "state = 'committed'")} as committed,
      ${of('runs', "state = 'partial'")} as partial, ${of('runs', "state = 'failed'")} as failed,
      ${of('runs', "state = 'cancelled'")} as cancelled, ${of('runs', "state = 'missed'")} as missed,
      ${of("case when state in ('committed', 'partial') then runs else started end", 'true')} as started,
      ${of('late', "state in ('committed', 'partial')")} as late,
      coalesce(sum(runs) filter (where trigger <> 'schedule'), 0)::int as by_hand
    from alike group by plan_id`;
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
