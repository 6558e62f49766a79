import type { HealthState, PromiseCounts } from '@periodic-backup/contracts';
import type { Ledger } from '../open-ledger.js';
import { countPromises, totalOf } from './add-up.js';
import { countVerifiedByPlan } from './count-promises.js';
import { countStates, judgePlans } from './read-plan-health.js';

const DAY_MS = 86_400_000;

/** What monitoring wants to know of all live plans: sums, however many they are. */
export interface PlanFigures {
  readonly states: Readonly<Record<HealthState, number>>;
  /** Plans whose recovery point is older than promised. */
  readonly broken: number;
  /** Plans, not paused, without any good snapshot. */
  readonly withoutRecoveryPoint: number;
  /** Of the plans that are not paused; 0 without any. */
  readonly oldestRecoveryPointSeconds: number;
  /** Of the last 24 hours. */
  readonly lastDay: PromiseCounts;
}

export async function readPlanFigures(ledger: Ledger, now: Date): Promise<PlanFigures> {
  const period = { from: new Date(now.getTime() - DAY_MS), to: now, now };
  const [judged, verified] = await Promise.all([
    judgePlans(ledger, now),
    countVerifiedByPlan(ledger, period),
  ]);
  const plans = judged.map(({ plan }) => plan);
  const health = judged.map((one) => one.health);
  const points = health.filter(({ state }) => state !== 'paused').map((one) => one.recoveryPoint);
  return {
    states: countStates(health),
    broken: points.filter(({ broken }) => broken).length,
    withoutRecoveryPoint: points.filter(({ heldSeconds }) => heldSeconds === null).length,
    oldestRecoveryPointSeconds: points.reduce((oldest, point) => Math.max(oldest, point.heldSeconds ?? 0), 0),
    lastDay: totalOf(await countPromises(ledger, plans, verified, period)),
  };
}
