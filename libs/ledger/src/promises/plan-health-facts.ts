import { and, asc, count, desc, eq, inArray, isNull, max, sql } from 'drizzle-orm';
import type { PlanHealthFacts } from '@periodic-backup/contracts';
import type { Ledger } from '../open-ledger.js';
import { plans, runs, snapshots } from '../schema.js';
import { damaged, kept, undamaged } from './conditions.js';

/**
 * What the health of live plans depends on: of those named, or of all. Some short index walks per plan, none of them
 * over its history.
 */
export async function planHealthFacts(
  ledger: Ledger,
  planIds?: readonly string[],
): Promise<PlanHealthFacts[]> {
  if (planIds?.length === 0) return [];
  const [rows, open, damages] = await Promise.all([
    plansWithNewest(ledger, planIds),
    oldestOpen(ledger, planIds),
    damagedSnapshots(ledger, planIds),
  ]);
  return rows.map(({ plan, lastTickAt, ended, good, least }) => ({
    planId: plan.id,
    planName: plan.name,
    agentId: plan.agentId,
    createdAt: plan.createdAt,
    schedule: plan.schedule,
    verifySchedule: plan.verifySchedule,
    recoveryPointSeconds: plan.recoveryPointSeconds,
    pausedAt: plan.pausedAt,
    dueFrom: plan.dueFrom,
    lastTickAt,
    open: open.get(plan.id) ?? null,
    lastEnded: ended,
    newestGood: good,
    damaged: damages.get(plan.id) ?? null,
    leastVerified: least && leastVerified(least, plan.updatedAt),
  }));
}

/** Who has just asked for verifications is given time for the first. */
function leastVerified(
  { snapshot, since, verifiedAt }: { snapshot: string; since: Date; verifiedAt: Date | null },
  changedAt: Date,
): NonNullable<PlanHealthFacts['leastVerified']> {
  if (verifiedAt) return { snapshot, since, verified: true };
  return { snapshot, since: since > changedAt ? since : changedAt, verified: false };
}

/** One row per live plan, by its age. */
export function plansWithNewest(ledger: Ledger, planIds: readonly string[] | undefined) {
  const ended = ledger
    .select({
      runId: runs.id,
      state: sql<'committed' | 'partial' | 'failed' | 'missed'>`${runs.state}`.as('ended_state'),
      scheduledFor: runs.scheduledFor,
      endedAt: sql`coalesce(${runs.finishedAt}, ${runs.createdAt})`.mapWith(runs.createdAt).as('ended_at'),
      reason: runs.reason,
    })
    .from(runs)
    .where(
      and(
        eq(runs.planId, plans.id),
        eq(runs.kind, 'backup'),
        inArray(runs.state, ['committed', 'partial', 'failed', 'missed']),
      ),
    )
    .orderBy(desc(runs.scheduledFor), desc(runs.id))
    .limit(1)
    .as('ended');
  const good = ledger
    .select({ snapshot: snapshots.snapshot, committedAt: snapshots.committedAt })
    .from(snapshots)
    .where(and(eq(snapshots.planId, plans.id), kept, undamaged))
    .orderBy(desc(snapshots.committedAt), desc(snapshots.id))
    .limit(1)
    .as('good');
  const least = ledger
    .select({
      snapshot: snapshots.snapshot,
      since: sql`coalesce(${snapshots.verifiedAt}, ${snapshots.committedAt})`
        .mapWith(snapshots.committedAt)
        .as('since'),
      verifiedAt: snapshots.verifiedAt,
    })
    .from(snapshots)
    .where(and(sql`${plans.verifySchedule} is not null`, eq(snapshots.planId, plans.id), kept, undamaged))
    .orderBy(sql`coalesce(${snapshots.verifiedAt}, ${snapshots.committedAt})`)
    .limit(1)
    .as('least');
  return ledger
    .select({
      plan: {
        id: plans.id,
        name: plans.name,
        agentId: plans.agentId,
        createdAt: plans.createdAt,
        updatedAt: plans.updatedAt,
        schedule: plans.schedule,
        verifySchedule: plans.verifySchedule,
        recoveryPointSeconds: plans.recoveryPointSeconds,
        pausedAt: plans.pausedAt,
        dueFrom: plans.dueFrom,
      },
      lastTickAt: sql<Date | null>`(
        select scheduled_for from runs
        where runs.plan_id = plans.id and runs.kind = 'backup' and runs.trigger = 'schedule'
        order by scheduled_for desc limit 1)`.mapWith(runs.scheduledFor),
      ended: {
        runId: ended.runId,
        state: ended.state,
        scheduledFor: ended.scheduledFor,
        endedAt: ended.endedAt,
        reason: ended.reason,
      },
      good: { snapshot: good.snapshot, committedAt: good.committedAt },
      least: { snapshot: least.snapshot, since: least.since, verifiedAt: least.verifiedAt },
    })
    .from(plans)
    .leftJoinLateral(ended, sql`true`)
    .leftJoinLateral(good, sql`true`)
    .leftJoinLateral(least, sql`true`)
    .where(and(isNull(plans.deletedAt), planIds && inArray(plans.id, [...planIds])))
    .orderBy(asc(plans.createdAt), asc(plans.id));
}

async function oldestOpen(
  ledger: Ledger,
  planIds: readonly string[] | undefined,
): Promise<Map<string, NonNullable<PlanHealthFacts['open']>>> {
  const rows = await ledger
    .selectDistinctOn([runs.planId], {
      planId: runs.planId,
      state: sql<'waiting' | 'queued' | 'running'>`${runs.state}`,
      scheduledFor: runs.scheduledFor,
      reason: runs.reason,
    })
    .from(runs)
    .where(
      and(
        inArray(runs.state, ['waiting', 'queued', 'running']),
        eq(runs.kind, 'backup'),
        planIds && inArray(runs.planId, [...planIds]),
      ),
    )
    .orderBy(runs.planId, runs.scheduledFor);
  return new Map(rows.map(({ planId, ...open }) => [planId, open]));
}

async function damagedSnapshots(
  ledger: Ledger,
  planIds: readonly string[] | undefined,
): Promise<Map<string, NonNullable<PlanHealthFacts['damaged']>>> {
  const rows = await ledger
    .select({ planId: snapshots.planId, snapshots: count(), newest: max(snapshots.snapshot) })
    .from(snapshots)
    .where(and(kept, damaged, planIds && inArray(snapshots.planId, [...planIds])))
    .groupBy(snapshots.planId);
  return new Map(
    rows.map(({ planId, snapshots: known, newest }) => [planId, { snapshots: known, newest: newest ?? '' }]),
  );
}
