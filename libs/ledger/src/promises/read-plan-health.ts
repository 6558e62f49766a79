import {
  HealthState,
  planHealth,
  type PlanHealth,
  type PlanHealthFacts,
  type PlanHealthPage,
} from '@periodic-backup/contracts';
import type { z } from 'zod';
import type { PageRequest } from '../keyset-cursor.js';
import type { Ledger } from '../open-ledger.js';
import { planHealthFacts } from './plan-health-facts.js';
import { pageOfPlans } from './plan-order.js';

export interface JudgedPlan {
  readonly plan: PlanHealthFacts;
  readonly health: PlanHealth;
}

/** How every live plan does at `now`, in the order they were made. */
export async function judgePlans(ledger: Ledger, now: Date): Promise<JudgedPlan[]> {
  return (await planHealthFacts(ledger)).map((plan) => ({ plan, health: planHealth(plan, now) }));
}

/** Ids of the live plans that are in a state at `now`. */
export async function plansInHealth(ledger: Ledger, state: HealthState, now: Date): Promise<string[]> {
  const judged = await judgePlans(ledger, now);
  return judged.filter(({ health }) => health.state === state).map(({ plan }) => plan.planId);
}

/** A page of those in a state or of all, with every state counted. @throws CursorError */
export function pageOfHealth(
  judged: readonly JudgedPlan[],
  { state, ...page }: PageRequest & { readonly state?: HealthState | undefined },
): z.infer<typeof PlanHealthPage> {
  const wanted = state === undefined ? judged : judged.filter(({ health }) => health.state === state);
  const { items, nextCursor } = pageOfPlans(wanted, page);
  return {
    items: items.map(({ health }) => health),
    nextCursor,
    counts: countStates(judged.map(({ health }) => health)),
  };
}

/** Every state, those that no plan is in too. */
export function countStates(plans: readonly PlanHealth[]): Record<HealthState, number> {
  const counts = Object.fromEntries(HealthState.options.map((state) => [state, 0])) as Record<
    HealthState,
    number
  >;
  for (const { state } of plans) counts[state]++;
  return counts;
}
