import type { QueryClient } from '@tanstack/react-query';
import { redirect } from '@tanstack/react-router';
import { apiQuery } from '../../api/queries.js';

let begun = false;

/** Where there is no plan yet, the console opens where one is made: once, so that the overview can be looked at all the same. */
export async function startWithAPlan(client: QueryClient): Promise<void> {
  if (begun) return;
  begun = true;
  // The overview itself says what is wrong if this cannot be told.
  const overview = await client.ensureQueryData(apiQuery('GET /overview')).catch(() => null);
  if (overview?.plans.total === 0) redirect({ to: '/plans/new', throw: true });
}
