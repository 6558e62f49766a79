import { and, asc, eq, gt, inArray, isNull, lte, or, sql } from 'drizzle-orm';
import type { Ledger } from '../open-ledger.js';
import type { PlanRow } from '../reading/read-plans.js';
import type { RunRow } from '../reading/read-runs.js';
import { plans, runs } from '../schema.js';

/** What of a plan has not ended: at most one of each, says the database. */
export interface OpenRuns {
  /** Queued or running. */
  readonly active: RunRow | null;
  readonly waiting: RunRow | null;
}

export async function openBackups(ledger: Ledger, planId: string): Promise<OpenRuns> {
  const rows = await ledger
    .select()
    .from(runs)
    .where(
      and(
        eq(runs.planId, planId),
        eq(runs.kind, 'backup'),
        inArray(runs.state, ['waiting', 'queued', 'running']),
      ),
    );
  return {
    active: rows.find(({ state }) => state !== 'waiting') ?? null,
    waiting: rows.find(({ state }) => state === 'waiting') ?? null,
  };
}

export async function findRun(ledger: Ledger, runId: string): Promise<RunRow | null> {
  const [row] = await ledger.select().from(runs).where(eq(runs.id, runId));
  return row ?? null;
}

/** A plan that may be deleted: its last runs still end. */
export async function findPlan(ledger: Ledger, planId: string): Promise<PlanRow | null> {
  const [row] = await ledger.select().from(plans).where(eq(plans.id, planId));
  return row ?? null;
}

/** The last due time that has a run, whatever became of it. */
export async function lastTick(ledger: Ledger, planId: string): Promise<Date | null> {
  const [row] = await ledger
    .select({ at: runs.scheduledFor })
    .from(runs)
    .where(and(eq(runs.planId, planId), eq(runs.kind, 'backup'), eq(runs.trigger, 'schedule')))
    .orderBy(sql`${runs.scheduledFor} desc`)
    .limit(1);
  return row?.at ?? null;
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

/** Live plans with their last tick, by id after `afterId`: what the reconciler compares with the calendar. */
export async function plansWithLastTick(
  ledger: Ledger,
  { afterId, limit }: { afterId: string | null; limit: number },
): Promise<{ plan: PlanRow; lastTick: Date | null }[]> {
  const rows = await ledger
    .select({
      plan: plans,
      lastTick: sql<Date | null>`(
        select scheduled_for from runs
        where runs.plan_id = plans.id and runs.kind = 'backup' and runs.trigger = 'schedule'
        order by scheduled_for desc limit 1)`.mapWith(runs.scheduledFor),
    })
    .from(plans)
    .where(and(isNull(plans.deletedAt), afterId === null ? undefined : gt(plans.id, afterId)))
    .orderBy(asc(plans.id))
    .limit(limit);
  return rows;
}

/**
 * Backups that wait and may be tried at `now`, the longest overdue first, those behind `after`; with their plan and
 * whether another one is at work.
 */
export function waitingBackups(
  ledger: Ledger,
  { now, after, limit }: { now: Date; after: Pick<RunRow, 'scheduledFor' | 'id'> | null; limit: number },
): Promise<{ run: RunRow; plan: PlanRow; blocked: boolean }[]> {
  return ledger
    .select({
      run: runs,
      plan: plans,
      blocked: sql<boolean>`exists (
        select 1 from runs as active
        where active.plan_id = ${runs.planId} and active.kind = 'backup' and active.state in ('queued', 'running'))`,
    })
    .from(runs)
    .innerJoin(plans, eq(plans.id, runs.planId))
    .where(
      and(
        eq(runs.state, 'waiting'),
        eq(runs.kind, 'backup'),
        or(isNull(runs.notBefore), lte(runs.notBefore, now)),
        after === null
          ? undefined
          : sql`(${runs.scheduledFor}, ${runs.id}) > (${after.scheduledFor.toISOString()}, ${after.id})`,
      ),
    )
    .orderBy(asc(runs.scheduledFor), asc(runs.id))
    .limit(limit);
}

/** Backups that are on an agent or on its queue, by id after `afterId`. */
export function activeRuns(
  ledger: Ledger,
  { afterId, limit }: { afterId: string | null; limit: number },
): Promise<RunRow[]> {
  return ledger
    .select()
    .from(runs)
    .where(
      and(
        eq(runs.kind, 'backup'),
        inArray(runs.state, ['queued', 'running']),
        afterId === null ? undefined : gt(runs.id, afterId),
      ),
    )
    .orderBy(asc(runs.id))
    .limit(limit);
}

/** Backups of one agent that were running, as far as the ledger knows. */
export function runningOnAgent(ledger: Ledger, agentId: string): Promise<RunRow[]> {
  return ledger
    .select()
    .from(runs)
    .where(and(eq(runs.kind, 'backup'), eq(runs.state, 'running'), eq(runs.agentId, agentId)));
}
