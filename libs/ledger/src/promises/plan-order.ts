import type { PlanHealthFacts } from '@periodic-backup/contracts';
import { cutPage, decodeCursor, type KeysetPage, type PageRequest } from '../keyset-cursor.js';

type Ordered = Pick<PlanHealthFacts, 'planId' | 'createdAt'>;

/** A page of plans that lie in memory, in the order they were made. @throws CursorError */
export function pageOfPlans<T extends { readonly plan: Ordered }>(
  plans: readonly T[],
  { limit, cursor }: PageRequest,
): KeysetPage<T> {
  const after = cursor === undefined ? undefined : decodeCursor(cursor);
  const first = after ? plans.findIndex(({ plan }) => isBehind(plan, after)) : 0;
  return cutPage(
    first < 0 ? [] : plans.slice(first, first + limit + 1),
    limit,
    ({ plan }) => ({ at: plan.createdAt, id: plan.planId }),
    (row) => row,
  );
}

function isBehind(plan: Ordered, after: { readonly at: Date; readonly id: string }): boolean {
  const byTime = plan.createdAt.getTime() - after.at.getTime();
  return byTime > 0 || (byTime === 0 && plan.planId > after.id);
}
