import { untakenDueTimes, type PlanHealthFacts, type PromiseCounts } from '@periodic-backup/contracts';
import type { Ledger } from '../open-ledger.js';
import { countRunsByPlan, type Period, type RunCountsOfPlan } from './count-promises.js';

export interface CountedPlan {
  readonly plan: PlanHealthFacts;
  readonly counts: PromiseCounts;
  /** Of the missed ones, those without a row. */
  readonly untaken: number;
}

/** What each plan was expected to do in the period and what came of it: rows of the ledger, and due times without. */
export async function countPromises(
  ledger: Ledger,
  plans: readonly PlanHealthFacts[],
  verified: ReadonlyMap<string, number>,
  period: Period,
): Promise<CountedPlan[]> {
  const runs = await countRunsByPlan(ledger, plans, period);
  return plans.map((plan) => addUp(plan, runs.get(plan.planId), verified.get(plan.planId) ?? 0, period));
}

const NOTHING: PromiseCounts = {
  ...{ expected: 0, committed: 0, partial: 0, failed: 0, cancelled: 0, missed: 0 },
  ...{ open: 0, started: 0, late: 0, byHand: 0, verified: 0 },
};

function addUp(
  plan: PlanHealthFacts,
  runs: RunCountsOfPlan | undefined,
  verified: number,
  period: Period,
): CountedPlan {
  const untaken = untakenDueTimes(plan, plan.lastTickAt, period);
  const { scheduled = 0, ...counted } = runs ?? {};
  const counts = { ...NOTHING, ...counted, verified };
  const ended = counts.committed + counts.partial + counts.failed + counts.cancelled + counts.missed;
  return {
    plan,
    counts: {
      ...counts,
      expected: scheduled + untaken.missed + untaken.fresh,
      missed: counts.missed + untaken.missed,
      open: scheduled - ended + untaken.fresh,
    },
    untaken: untaken.missed,
  };
}

/** Of all plans together. */
export function totalOf(plans: readonly CountedPlan[]): PromiseCounts {
  const totals = { ...NOTHING };
  for (const { counts } of plans)
    for (const name of Object.keys(totals) as (keyof PromiseCounts)[]) totals[name] += counts[name];
  return totals;
}
