import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from '../../api/api.js';

/** Next times and what retention removes change with the clock. */
const AGAIN_MS = 60_000;

/** What saving these values would do, as the server says. @param planId of a saved plan that is being changed */
export function planPreviewQuery(plan: Record<string, unknown>, planId: string | undefined) {
  const body = planId === undefined ? { plan } : { plan, planId };
  return queryOptions({
    queryKey: ['POST /plans/preview', body] as const,
    queryFn: ({ signal }) => api.call('POST /plans/preview', { body }, { signal }),
    placeholderData: keepPreviousData,
    staleTime: AGAIN_MS / 2,
    refetchInterval: AGAIN_MS,
    gcTime: AGAIN_MS,
  });
}
