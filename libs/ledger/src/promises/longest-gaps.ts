import { sql } from 'drizzle-orm';
import type { Ledger } from '../open-ledger.js';
import type { Period } from './count-promises.js';

interface GapRow extends Record<string, unknown> {
  readonly plan_id: string;
  /** Epochs in milliseconds; null: there is none. */
  readonly before_ms: number | null;
  readonly first_ms: number | null;
  readonly last_ms: number | null;
  readonly widest_ms: number | null;
}

/**
 * The longest time between two good snapshots by plan, in milliseconds: of the gaps that ended in the period, and of
 * the one that is open at its end or now. Snapshots that retention removed were there, and count. A plan without an
 * earlier snapshot waits from its creation. Left out: plans that are younger than the period.
 */
export async function longestGaps(
  ledger: Ledger,
  plans: readonly { readonly planId: string; readonly createdAt: Date }[],
  { from, to, now }: Period,
): Promise<Map<string, number>> {
  if (plans.length === 0) return new Map();
  const ids = sql.param(plans.map(({ planId }) => planId));
  const undamaged = sql`(damages is null or jsonb_array_length(damages) = 0)`;
  const epoch = (expression: ReturnType<typeof sql>) =>
    sql`(extract(epoch from ${expression}) * 1000)::float8`;
  const { rows } = await ledger.execute<GapRow>(sql`
    select wanted.plan_id, ${epoch(sql`before.committed_at`)} as before_ms, inside.*
    from unnest(${ids}::uuid[]) as wanted (plan_id)
    left join lateral (
      select committed_at from snapshots
      where plan_id = wanted.plan_id and committed_at < ${from.toISOString()} and ${undamaged}
      order by committed_at desc limit 1) as before on true
    left join lateral (
      select ${epoch(sql`min(committed_at)`)} as first_ms, ${epoch(sql`max(committed_at)`)} as last_ms,
        ${epoch(sql`max(gap)`)} as widest_ms
      from (
        select committed_at, committed_at - lag(committed_at) over (order by committed_at) as gap
        from snapshots
        where plan_id = wanted.plan_id and committed_at >= ${from.toISOString()}
          and committed_at < ${to.toISOString()} and ${undamaged}) as snapshot) as inside on true`);
  const end = Math.min(to.getTime(), now.getTime());
  const createdAt = new Map(plans.map((plan) => [plan.planId, plan.createdAt.getTime()]));
  const gaps = new Map<string, number>();
  for (const { plan_id: planId, before_ms, first_ms, last_ms, widest_ms } of rows) {
    const start = before_ms ?? Math.min(createdAt.get(planId) ?? end, first_ms ?? Infinity);
    if (start > end) continue;
    gaps.set(
      planId,
      Math.max((first_ms ?? end) - start, widest_ms ?? 0, last_ms === null ? 0 : end - last_ms),
    );
  }
  return gaps;
}
