import { sql, type SQL } from 'drizzle-orm';

/** How many snapshots before the newest make its history. */
export const HISTORY_SNAPSHOTS = 10;

/**
 * One row for each of these plans, known or not, in the columns of `plan_standings`: a dozen short index walks, none of
 * them over the plan's history.
 */
export function workedOut(planIds: readonly string[]): SQL {
  return sql`
    select wanted.plan_id, tick.scheduled_for as last_tick_at, ended.*, good.*, least.*, newest.newest_snapshot,
      newest.newest_at, (newest.counts->>'files')::float8 as newest_files, (newest.counts->>'bytes')::float8 as newest_bytes,
      (newest.counts->>'storedFiles')::float8 as newest_stored_files, past.*
    from unnest(${sql.param([...new Set(planIds)])}::uuid[]) as wanted (plan_id)
    left join lateral (
      select scheduled_for from runs where runs.plan_id = wanted.plan_id and kind = 'backup' and trigger = 'schedule'
      order by scheduled_for desc limit 1
    ) as tick on true
    left join lateral (
      select first_value(each.id) over by_due as ended_run_id, first_value(each.state) over by_due as ended_state,
        first_value(each.scheduled_for) over by_due as ended_for,
        first_value(coalesce(each.finished_at, each.created_at)) over by_due as ended_at,
        first_value(each.reason) over by_due as ended_reason, first_value(each.state) over by_end as last_state,
        first_value(each.reason) over by_end as last_reason, first_value(each.over_at) over by_end as last_ended_at,
        max(each.over_at) filter (where each.state = 'committed') over () as complete_at
      from unnest(array['committed', 'partial', 'failed', 'missed']::run_state[]) as of (state)
      cross join lateral (
        select id, runs.state, reason, scheduled_for, created_at, finished_at, coalesce(finished_at, scheduled_for) as over_at
        from runs where runs.plan_id = wanted.plan_id and runs.state = of.state and kind = 'backup'
        order by scheduled_for desc, id desc limit 1
      ) as each
      window by_due as (order by each.scheduled_for desc, each.id desc), by_end as (order by each.over_at desc)
      limit 1
    ) as ended on true
    left join lateral (
      select snapshot as good_snapshot, committed_at as good_at from snapshots
      where snapshots.plan_id = wanted.plan_id and removed_at is null and ${undamaged}
      order by committed_at desc, id desc limit 1
    ) as good on true
    left join lateral (
      select snapshot as least_snapshot, coalesce(verified_at, committed_at) as least_at, verified_at as least_verified_at
      from snapshots where snapshots.plan_id = wanted.plan_id and removed_at is null and ${undamaged}
      order by coalesce(verified_at, committed_at) limit 1
    ) as least on true
    left join lateral (
      select id, snapshot as newest_snapshot, committed_at as newest_at, counts from snapshots
      where snapshots.plan_id = wanted.plan_id order by committed_at desc, id desc limit 1
    ) as newest on true
    cross join lateral (
      select count(*)::int as history,
        percentile_cont(0.5) within group (order by (counts->>'files')::float8) as usual_files,
        percentile_cont(0.5) within group (order by (counts->>'bytes')::float8) as usual_bytes,
        percentile_cont(0.5) within group (order by (counts->>'storedFiles')::float8 / greatest((counts->>'files')::float8, 1))
          filter (where previous is not null) as usual_changed_share
      from (
        select counts, previous from snapshots where snapshots.plan_id = wanted.plan_id and id <> newest.id
        order by committed_at desc, id desc limit ${HISTORY_SNAPSHOTS}
      ) as before
    ) as past`;
}

const undamaged = sql`(damages is null or jsonb_array_length(damages) = 0)`;
