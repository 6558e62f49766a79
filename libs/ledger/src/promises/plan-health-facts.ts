import { and, count, eq, inArray, max, sql } from 'drizzle-orm';
import type { PlanHealthFacts } from '@periodic-backup/contracts';
import type { Ledger } from '../open-ledger.js';
import { runs, snapshots } from '../schema.js';
import { readStandings } from '../standings/read-standings.js';
import { isEnding, type PlanStanding } from '../standings/standing-columns.js';
import { damaged, kept } from './conditions.js';
import { LIVE, readPlanTraits, type PlanTraits } from './plan-traits.js';

export const HEALTH_MEMBERS = [
  ...(['lastTickAt', 'endedRunId', 'endedState', 'endedFor', 'endedAt', 'endedReason'] as const),
  ...(['goodSnapshot', 'goodAt', 'leastSnapshot', 'leastAt', 'leastVerifiedAt'] as const),
];
type Standing = Pick<PlanStanding, (typeof HEALTH_MEMBERS)[number]>;

/**
 * What the health of live plans depends on: of those named, or of all; the oldest plan first. One row per plan, and short
 * walks for the few whose standing has just changed; none of them over a history.
 */
export async function planHealthFacts(
  ledger: Ledger,
  planIds?: readonly string[],
): Promise<PlanHealthFacts[]> {
  if (planIds?.length === 0) return [];
  const scope = planIds
    ? sql`plans.deleted_at is null and plans.id = any(${sql.param([...planIds])}::uuid[])`
    : LIVE;
  const [known, standings, open, damages] = await Promise.all([
    readPlanTraits(ledger, scope),
    readStandings(ledger, HEALTH_MEMBERS, scope),
    oldestOpen(ledger, planIds),
    damagedSnapshots(ledger, planIds),
  ]);
  return known.flatMap((plan) => {
    const standing = standings.get(plan.id);
    // Made or deleted between two of the questions.
    return standing ? [healthFactsOf(plan, standing, { open, damages })] : [];
  });
}

/** The facts of one plan out of what was read of all. */
export function healthFactsOf(
  plan: PlanTraits,
  standing: Standing,
  {
    open,
    damages,
  }: {
    readonly open: Awaited<ReturnType<typeof oldestOpen>>;
    readonly damages: Awaited<ReturnType<typeof damagedSnapshots>>;
  },
): PlanHealthFacts {
  return {
    planId: plan.id,
    planName: plan.name,
    agentId: plan.agentId,
    createdAt: plan.createdAt,
    schedule: plan.schedule,
    verifySchedule: plan.verifySchedule,
    recoveryPointSeconds: plan.recoveryPointSeconds,
    pausedAt: plan.pausedAt,
    dueFrom: plan.dueFrom,
    lastTickAt: standing.lastTickAt,
    open: open.get(plan.id) ?? null,
    lastEnded: lastEnded(standing),
    newestGood: newestGood(standing),
    damaged: damages.get(plan.id) ?? null,
    leastVerified: plan.verifySchedule ? leastVerified(standing, plan.updatedAt) : null,
  };
}

function lastEnded({
  endedRunId,
  endedState,
  endedFor,
  endedAt,
  endedReason,
}: Standing): PlanHealthFacts['lastEnded'] {
  if (!endedRunId || !endedFor || !endedAt || !isEnding(endedState)) return null;
  return { runId: endedRunId, state: endedState, scheduledFor: endedFor, endedAt, reason: endedReason };
}

function newestGood({ goodSnapshot, goodAt }: Standing): PlanHealthFacts['newestGood'] {
  return goodSnapshot && goodAt ? { snapshot: goodSnapshot, committedAt: goodAt } : null;
}

/** Who has just asked for verifications is given time for the first. */
function leastVerified(
  { leastSnapshot, leastAt, leastVerifiedAt }: Standing,
  changedAt: Date,
): PlanHealthFacts['leastVerified'] {
  if (!leastSnapshot || !leastAt) return null;
  if (leastVerifiedAt) return { snapshot: leastSnapshot, since: leastAt, verified: true };
  return { snapshot: leastSnapshot, since: leastAt > changedAt ? leastAt : changedAt, verified: false };
}

/** The longest overdue backup that has not ended, by plan. */
export async function oldestOpen(
  ledger: Ledger,
  planIds?: readonly string[],
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

/** Snapshots that are kept and damaged, by plan. */
export async function damagedSnapshots(
  ledger: Ledger,
  planIds?: readonly string[],
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
