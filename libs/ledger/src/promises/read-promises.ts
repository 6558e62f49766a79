import {
  recoveryPoint,
  untakenDueTimes,
  type PlanHealthFacts,
  type PlanPromises,
  type PromiseCounts,
  type PromiseReason,
  type Promises,
} from '@periodic-backup/contracts';
import type { PageRequest } from '../keyset-cursor.js';
import type { Ledger } from '../open-ledger.js';
import {
  countReasons,
  countRunsByPlan,
  countVerifiedByPlan,
  type Period,
  type RunCountsOfPlan,
} from './count-promises.js';
import { longestGaps } from './longest-gaps.js';
import { planHealthFacts } from './plan-health-facts.js';
import { pageOfPlans } from './plan-order.js';

const MAX_REASONS = 20;
const NOBODY = 'Nobody was there to take it when it was due.';

/** How a live plan kept its promises in a period; null if there is no such plan. */
export async function readPlanPromises(
  ledger: Ledger,
  planId: string,
  period: Period,
): Promise<PlanPromises | null> {
  const [facts] = await planHealthFacts(ledger, [planId]);
  if (!facts) return null;
  const [runs, verified, gaps, reasons] = await Promise.all([
    countRunsByPlan(ledger, [facts], period),
    countVerifiedByPlan(ledger, period, planId),
    longestGaps(ledger, [facts], period),
    countReasons(ledger, period, { planId, limit: MAX_REASONS }),
  ]);
  const { counts, untaken } = addUp(facts, runs.get(planId), verified.get(planId), period);
  return {
    ...itemOf(facts, counts, gaps.get(planId), period),
    from: period.from.toISOString(),
    to: period.to.toISOString(),
    reasons: withUntaken(reasons, untaken),
  };
}

/** How all live plans kept theirs, and a page of them in the order they were made. @throws CursorError */
export async function readPromises(ledger: Ledger, page: PageRequest, period: Period): Promise<Promises> {
  const [facts, verified, reasons] = await Promise.all([
    planHealthFacts(ledger),
    countVerifiedByPlan(ledger, period),
    countReasons(ledger, period, { limit: MAX_REASONS }),
  ]);
  const runs = await countRunsByPlan(ledger, facts, period);
  const totals = { ...NOTHING };
  let untaken = 0;
  const all = facts.map((plan) => {
    const sum = addUp(plan, runs.get(plan.planId), verified.get(plan.planId), period);
    for (const [name, value] of Object.entries(sum.counts)) totals[name as keyof PromiseCounts] += value;
    untaken += sum.untaken;
    return { plan, counts: sum.counts };
  });
  const { items, nextCursor } = pageOfPlans(all, page);
  const gaps = await longestGaps(
    ledger,
    items.map(({ plan }) => plan),
    period,
  );
  return {
    from: period.from.toISOString(),
    to: period.to.toISOString(),
    plans: facts.length,
    plansBroken: facts.filter((plan) => recoveryPoint(plan, period.now).broken).length,
    totals,
    reasons: withUntaken(reasons, untaken),
    items: items.map(({ plan, counts }) => itemOf(plan, counts, gaps.get(plan.planId), period)),
    nextCursor,
  };
}

const NOTHING: PromiseCounts = {
  ...{ expected: 0, committed: 0, partial: 0, failed: 0, cancelled: 0, missed: 0 },
  ...{ open: 0, started: 0, late: 0, byHand: 0, verified: 0 },
};

/** Rows of the ledger and due times that have none. */
function addUp(
  facts: PlanHealthFacts,
  runs: RunCountsOfPlan | undefined,
  verified: number | undefined,
  period: Period,
): { counts: PromiseCounts; untaken: number } {
  const untaken = untakenDueTimes(facts, facts.lastTickAt, period);
  const { scheduled = 0, ...counted } = runs ?? {};
  const counts = { ...NOTHING, ...counted, verified: verified ?? 0 };
  const ended = counts.committed + counts.partial + counts.failed + counts.cancelled + counts.missed;
  return {
    counts: {
      ...counts,
      expected: scheduled + untaken.missed + untaken.fresh,
      missed: counts.missed + untaken.missed,
      open: scheduled - ended + untaken.fresh,
    },
    untaken: untaken.missed,
  };
}

function itemOf(
  facts: PlanHealthFacts,
  counts: PromiseCounts,
  gapMs: number | undefined,
  { now }: Period,
): Promises['items'][number] {
  const { planId, planName, agentId } = facts;
  return {
    ...{ planId, planName, agentId },
    ...counts,
    longestGapSeconds: gapMs === undefined ? null : Math.max(0, Math.floor(gapMs / 1000)),
    recoveryPoint: recoveryPoint(facts, now),
  };
}

function withUntaken(reasons: PromiseReason[], untaken: number): PromiseReason[] {
  if (untaken === 0) return reasons;
  return [...reasons, { state: 'missed' as const, reason: NOBODY, count: untaken }]
    .sort((a, b) => b.count - a.count)
    .slice(0, MAX_REASONS);
}
