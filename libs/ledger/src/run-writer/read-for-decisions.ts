import { and, eq, sql } from 'drizzle-orm';
import { instantOf } from '../alerts/instant-of.js';
import type { Ledger } from '../open-ledger.js';
import type { PlanRow } from '../reading/read-plans.js';
import type { RunRow } from '../reading/read-runs.js';
import { plans, runs } from '../schema.js';
import { wholeRows } from '../whole-rows.js';

const RUN = wholeRows(runs);
const PLAN = wholeRows(plans);
/** Before every id. */
const NIL = '00000000-0000-0000-0000-000000000000';

/** What of a plan has not ended: at most one of each, says the database. */
export interface OpenRuns {
  /** Queued or running. */
  readonly active: RunRow | null;
  readonly waiting: RunRow | null;
}

export async function openBackups(ledger: Ledger, planId: string): Promise<OpenRuns> {
  const rows = RUN.read(
    await ledger.execute(sql`
      select ${RUN.columns} from runs
      where plan_id = ${planId} and kind = 'backup' and state in ('waiting', 'queued', 'running')`),
  );
  return {
    active: rows.find(({ state }) => state !== 'waiting') ?? null,
    waiting: rows.find(({ state }) => state === 'waiting') ?? null,
  };
}

export async function findRun(ledger: Ledger, runId: string): Promise<RunRow | null> {
  return RUN.first(await ledger.execute(sql`select ${RUN.columns} from runs where id = ${runId}`));
}

/** A plan that may be deleted: its last runs still end. */
export async function findPlan(ledger: Ledger, planId: string): Promise<PlanRow | null> {
  return PLAN.first(await ledger.execute(sql`select ${PLAN.columns} from plans where id = ${planId}`));
}

/** The last due time that has a run, whatever became of it. */
export async function lastTick(ledger: Ledger, planId: string): Promise<Date | null> {
  const { rows } = await ledger.execute<{ at: string }>(sql`
    select scheduled_for as at from runs where plan_id = ${planId} and kind = 'backup' and trigger = 'schedule'
    order by scheduled_for desc limit 1`);
  return rows[0] ? instantOf(rows[0].at) : null;
}

/**
 * The highest epoch any backup of the plan had, 0 before the first. Looks at the newest runs of each state only: one
 * that was dispatched long ago cannot hold the highest.
 */
export async function newestEpoch(ledger: Ledger, planId: string): Promise<number> {
  const result = await ledger.execute<{ epoch: string | null }>(sql`
    select max(newest.epoch)::text as epoch
    from unnest(array['waiting', 'queued', 'running', 'committed', 'partial', 'failed', 'cancelled']::run_state[]) as of (state)
    cross join lateral (
      select epoch from runs where plan_id = ${planId} and kind = 'backup' and runs.state = of.state order by scheduled_for desc, id desc limit 20
    ) as newest`);
  return Number(result.rows[0]?.epoch ?? 0);
}

/** Those of these plans that are live, with their last tick: what the reconciler compares with the calendar. */
export async function plansWithLastTick(
  ledger: Ledger,
  planIds: readonly string[],
): Promise<{ plan: PlanRow; lastTick: Date | null }[]> {
  const answer = await ledger.execute<{ last_tick: string | null }>(sql`
    select ${PLAN.columns}, (
      select scheduled_for from runs
      where runs.plan_id = plans.id and runs.kind = 'backup' and runs.trigger = 'schedule'
      order by scheduled_for desc limit 1) as last_tick
    from plans where deleted_at is null and id = any(${sql.param([...planIds])}::uuid[])`);
  return PLAN.read(answer).map((plan, row) => ({ plan, lastTick: instantOf(answer.rows[row]!.last_tick) }));
}

/** Backups that are on an agent or on its queue, by id after `afterId`. */
export function activeRuns(
  ledger: Ledger,
  { afterId, limit }: { afterId: string | null; limit: number },
): Promise<RunRow[]> {
  return ledger
    .execute(
      sql`
        select ${RUN.columns} from runs
        where kind = 'backup' and state in ('queued', 'running') and id > ${afterId ?? NIL}
        order by id limit ${limit}`,
    )
    .then(RUN.read);
}

/** Backups of one agent that were running, as far as the ledger knows. */
export function runningOnAgent(ledger: Ledger, agentId: string): Promise<RunRow[]> {
  return ledger
    .select()
    .from(runs)
    .where(and(eq(runs.kind, 'backup'), eq(runs.state, 'running'), eq(runs.agentId, agentId)));
}
