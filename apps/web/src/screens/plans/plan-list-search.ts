import type { HealthState } from '@periodic-backup/contracts/http';
import { oneOf, textOrNothing } from '../../app/search-values.js';

export const HEALTH_WORST_FIRST: readonly HealthState[] = [
  'failing',
  'never-run',
  'running-late',
  'unverified',
  'paused',
  'healthy',
];
const SORTS = ['name', 'created'] as const;

/** Filters of the list of plans, as they stand in its address. */
export interface PlanListSearch {
  readonly find?: string | undefined;
  readonly health?: HealthState | undefined;
  readonly agent?: string | undefined;
  readonly vault?: string | undefined;
  readonly sort?: (typeof SORTS)[number] | undefined;
}

export function planListSearch(search: Record<string, unknown>): PlanListSearch {
  return {
    find: textOrNothing(search['find']),
    health: oneOf(search['health'], HEALTH_WORST_FIRST),
    agent: textOrNothing(search['agent']),
    vault: textOrNothing(search['vault']),
    sort: oneOf(search['sort'], SORTS),
  };
}
