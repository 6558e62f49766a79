import { HealthState, planHealth, type PlanHealth, type PlanHealthPage } from '@periodic-backup/contracts';
import type { z } from 'zod';
import type { PageRequest } from '../keyset-cursor.js';
import type { Ledger } from '../open-ledger.js';
import { planHealthFacts } from './plan-health-facts.js';
import { pageOfPlans } from './plan-order.js';

/** How live plans do at `now`, a page of those in a state or of all, with every state counted. @throws CursorError */
export async function readPlanHealth(
  ledger: Ledger,
  { state, ...page }: PageRequest & { readonly state?: HealthState | undefined },
  now: Date,
): Promise<z.infer<typeof PlanHealthPage>> {
  const judged = (await planHealthFacts(ledger)).map((plan) => ({ plan, health: planHealth(plan, now) }));
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
