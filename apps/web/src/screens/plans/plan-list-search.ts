import type { HealthState } from '@periodic-backup/contracts/http';
import { oneOf, textOrNothing } from '../../app/search-values.js';

const HEALTH: readonly HealthState[] = [
  'failing',
  'running-late',
  'unverified',
  'never-run',
  'paused',
  'healthy',
];

/** Filters of the list of plans, as they stand in its address. */
export interface PlanListSearch {
  readonly find?: string | undefined;
  readonly health?: HealthState | undefined;
}

export function planListSearch(search: Record<string, unknown>): PlanListSearch {
  return { find: textOrNothing(search['find']), health: oneOf(search['health'], HEALTH) };
}
