import { sql } from 'drizzle-orm';
import type { Ledger } from '../open-ledger.js';
import { instantOf } from './instant-of.js';

/** What a heartbeat has to say of a plan. */
export interface PingFacts {
  readonly planId: string;
  /** The newest backup that has started, while it is under way. */
  readonly underWay: { readonly runId: string; readonly at: Date } | null;
  /** The backup that ended last, cancelled ones not counted. */
  readonly ended: {
    readonly runId: string;
    readonly state: 'committed' | 'partial' | 'failed' | 'missed';
    readonly reason: string | null;
    readonly at: Date;
  } | null;
}

export async function pingFacts(ledger: Ledger, planIds: readonly string[]): Promise<PingFacts[]> {
  if (planIds.length === 0) return [];
  const { rows } = await ledger.execute<{
    plan_id: string;
    started_run: string | null;
    started_at: string | null;
    ended_run: string | null;
    state: 'committed' | 'partial' | 'failed' | 'missed' | null;
    reason: string | null;
    ended_at: string | null;
  }>(sql`
    select wanted.plan_id, under_way.id as started_run, under_way.started_at, ended.id as ended_run, ended.state, ended.reason,
      ended.ended_at
    from unnest(${sql.param([...new Set(planIds)])}::uuid[]) as wanted (plan_id)
    left join lateral (
      select id, started_at from runs
      where runs.plan_id = wanted.plan_id and state = 'running' and kind = 'backup' and started_at is not null
      limit 1
    ) as under_way on true
    left join lateral (
      select each.* from unnest(array['committed', 'partial', 'failed', 'missed']::run_state[]) as of (state)
      cross join lateral (
        select id, runs.state, reason, coalesce(finished_at, scheduled_for) as ended_at from runs
        where runs.plan_id = wanted.plan_id and runs.state = of.state and kind = 'backup'
        order by scheduled_for desc, id desc limit 1
      ) as each
      order by each.ended_at desc limit 1
    ) as ended on true`);
  return rows.map((row) => ({
    planId: row.plan_id,
    underWay:
      row.started_run === null
        ? null
        : { runId: row.started_run, at: instantOf(row.started_at) ?? new Date(0) },
    ended:
      row.ended_run === null || row.state === null
        ? null
        : {
            runId: row.ended_run,
            state: row.state,
            reason: row.reason,
            at: instantOf(row.ended_at) ?? new Date(0),
          },
  }));
}
