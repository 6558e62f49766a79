import type { Plan, PlanHealth, PlanStrip } from '@periodic-backup/contracts/http';
import { useQueries } from '@tanstack/react-query';
import { useMemo } from 'react';
import { apiQuery } from '../../api/queries.js';

/** How a plan does; undefined while that is on its way. */
export interface PlanStanding {
  readonly health: PlanHealth | undefined;
  readonly strip: PlanStrip | undefined;
}

const TICKS = 30;
const UNKNOWN: PlanStanding = { health: undefined, strip: undefined };

/** Asks for the health and the strips of plans, a page of them at a time. */
export function usePlanStandings(pages: readonly (readonly Plan[])[]): (planId: string) => PlanStanding {
  const idsOfPages = pages.map((page) => page.map(({ id }) => id)).filter((ids) => ids.length > 0);
  const healths = useQueries({
    queries: idsOfPages.map((planIds) =>
      apiQuery('GET /plan-health', { query: { planIds, limit: planIds.length } }),
    ),
    combine: (results) => results.flatMap(({ data }) => data?.items ?? []),
  });
  const strips = useQueries({
    queries: idsOfPages.map((planIds) => apiQuery('GET /plan-strips', { query: { planIds, ticks: TICKS } })),
    combine: (results) => results.flatMap(({ data }) => data?.items ?? []),
  });
  return useMemo(() => {
    const healthOf = new Map(healths.map((health) => [health.planId, health]));
    const stripOf = new Map(strips.map((strip) => [strip.planId, strip]));
    return (planId) =>
      healthOf.has(planId) || stripOf.has(planId)
        ? { health: healthOf.get(planId), strip: stripOf.get(planId) }
        : UNKNOWN;
  }, [healths, strips]);
}
