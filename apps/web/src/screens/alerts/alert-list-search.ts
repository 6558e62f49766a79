import { oneOf } from '../../app/search-values.js';

/** What stands in the address of the list of alerts; left out: those that are open. */
export interface AlertListSearch {
  readonly state?: 'resolved' | undefined;
}

export function alertListSearch(search: Record<string, unknown>): AlertListSearch {
  return { state: oneOf(search['state'], ['resolved'] as const) };
}
