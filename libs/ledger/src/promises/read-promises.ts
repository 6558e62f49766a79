import {
  recoveryPoint,
  type PlanPromises,
  type PromiseReason,
  type Promises,
} from '@periodic-backup/contracts';
import type { PageRequest } from '../keyset-cursor.js';
import type { Ledger } from '../open-ledger.js';
import { countPromises, totalOf, type CountedPlan } from './add-up.js';
import { countReasons, countVerifiedByPlan, type Period } from './count-promises.js';
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
  const [facts, verified, reasons] = await Promise.all([
    planHealthFacts(ledger, [planId]),
    countVerifiedByPlan(ledger, period, planId),
    countReasons(ledger, period, { planId, limit: MAX_REASONS }),
  ]);
  const [counted] = await countPromises(ledger, facts, verified, period);
  if (!counted) return null;
  const gaps = await longestGaps(ledger, facts, period);
  return {
    ...itemOf(counted, gaps, period),
    from: period.from.toISOString(),
    to: period.to.toISOString(),
    reasons: withUntaken(reasons, counted.untaken),
  };
}

/** How all live plans kept theirs, and a page of them in the order they were made. @throws CursorError */
export async function readPromises(ledger: Ledger, page: PageRequest, period: Period): Promise<Promises> {
  const [facts, verified, reasons] = await Promise.all([
    planHealthFacts(ledger),
    countVerifiedByPlan(ledger, period),
    countReasons(ledger, period, { limit: MAX_REASONS }),
  ]);
  const counted = await countPromises(ledger, facts, verified, period);
  const { items, nextCursor } = pageOfPlans(counted, page);
  const gaps = await longestGaps(
    ledger,
    items.map(({ plan }) => plan),
    period,
  );
  const untaken = counted.reduce((sum, plan) => sum + plan.untaken, 0);
  return {
    from: period.from.toISOString(),
    to: period.to.toISOString(),
    plans: facts.length,
    plansBroken: facts.filter((plan) => recoveryPoint(plan, period.now).broken).length,
    totals: totalOf(counted),
    reasons: withUntaken(reasons, untaken),
    items: items.map((plan) => itemOf(plan, gaps, period)),
    nextCursor,
  };
}

function itemOf(
  { plan, counts }: CountedPlan,
  gaps: ReadonlyMap<string, number>,
  { now }: Period,
): Promises['items'][number] {
  const { planId, planName, agentId } = plan;
  const gapMs = gaps.get(planId);
  return {
    ...{ planId, planName, agentId },
    ...counts,
    longestGapSeconds: gapMs === undefined ? null : Math.max(0, Math.floor(gapMs / 1000)),
    recoveryPoint: recoveryPoint(plan, now),
  };
}

function withUntaken(reasons: PromiseReason[], untaken: number): PromiseReason[] {
  if (untaken === 0) return reasons;
  return [...reasons, { state: 'missed' as const, reason: NOBODY, count: untaken }]
    .sort((a, b) => b.count - a.count)
    .slice(0, MAX_REASONS);
}
