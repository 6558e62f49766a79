import { sql } from 'drizzle-orm';
import type { RunKind, RunState } from '@periodic-backup/contracts';
import type { Ledger } from '../open-ledger.js';
import { instantOf } from './instant-of.js';

/** How a plan's newest runs ended. */
export interface PlanRunFacts {
  readonly planId: string;
  readonly planName: string;
  readonly agentId: string;
  readonly vaultId: string;
  /** The backup that ended last, cancelled ones not counted. */
  readonly newest: {
    readonly state: Extract<RunState, 'committed' | 'partial' | 'failed' | 'missed'>;
    readonly reason: string | null;
    readonly endedAt: Date;
  } | null;
  /** End of the last complete backup. */
  readonly lastGoodAt: Date | null;
}

/** Of every live plan that is not paused. One index walk per plan and state, whatever the length of its history. */
export async function planRunFacts(ledger: Ledger): Promise<PlanRunFacts[]> {
  const { rows } = await ledger.execute<{
    id: string;
    name: string;
    agent_id: string;
    vault_id: string;
    state: 'committed' | 'partial' | 'failed' | 'missed' | null;
    reason: string | null;
    ended_at: string | null;
    good_at: string | null;
  }>(sql`
    select plans.id, plans.name, plans.agent_id, plans.vault_id, newest.state, newest.reason, newest.ended_at, newest.good_at
    from plans left join lateral (
      select ended.state, ended.reason, ended.ended_at, max(ended.ended_at) filter (where ended.state = 'committed') over () as good_at
      from unnest(array['committed', 'partial', 'failed', 'missed']::run_state[]) as of (state)
      cross join lateral (
        select runs.state, runs.reason, coalesce(runs.finished_at, runs.scheduled_for) as ended_at from runs
        where runs.plan_id = plans.id and runs.state = of.state and runs.kind = 'backup'
        order by runs.scheduled_for desc, runs.id desc limit 1
      ) as ended
      order by ended.ended_at desc limit 1
    ) as newest on true
    where plans.deleted_at is null and plans.paused_at is null`);
  return rows.map((row) => ({
    planId: row.id,
    planName: row.name,
    agentId: row.agent_id,
    vaultId: row.vault_id,
    newest:
      row.state === null
        ? null
        : { state: row.state, reason: row.reason, endedAt: instantOf(row.ended_at) ?? new Date(0) },
    lastGoodAt: instantOf(row.good_at),
  }));
}

/** A run that is no backup, ended badly, and was followed by no good one of its kind. */
export interface FailedTask {
  readonly planId: string;
  readonly planName: string;
  readonly kind: RunKind;
  readonly state: 'partial' | 'failed' | 'missed';
  readonly reason: string | null;
  readonly endedAt: Date;
}

/** The newest per plan and kind since `since`. Restores are looked at for a day: none need follow. */
export async function failedTasks(ledger: Ledger, since: Date): Promise<FailedTask[]> {
  const { rows } = await ledger.execute<{
    plan_id: string;
    name: string | null;
    kind: RunKind;
    state: 'partial' | 'failed' | 'missed';
    reason: string | null;
    ended_at: string;
  }>(sql`
    select distinct on (runs.plan_id, runs.kind) runs.plan_id, plans.name, runs.kind, runs.state, runs.reason,
      coalesce(runs.finished_at, runs.scheduled_for) as ended_at
    from runs left join plans on plans.id = runs.plan_id
    where runs.kind <> 'backup' and runs.state in ('partial', 'failed', 'missed') and runs.scheduled_for > ${since.toISOString()}
      and (runs.kind <> 'restore' or runs.scheduled_for > now() - interval '1 day')
      and plans.paused_at is null and plans.deleted_at is null
      and not exists (
        select 1 from runs as later
        where later.plan_id = runs.plan_id and later.kind = runs.kind and later.kind <> 'backup' and later.state = 'committed'
          and later.finished_at > coalesce(runs.finished_at, runs.scheduled_for))
    order by runs.plan_id, runs.kind, ended_at desc`);
  return rows.map((row) => ({
    planId: row.plan_id,
    planName: row.name ?? row.plan_id,
    kind: row.kind,
    state: row.state,
    reason: row.reason,
    endedAt: instantOf(row.ended_at) ?? new Date(0),
  }));
}
