import type { RunKind, RunState } from '@periodic-backup/contracts/http';
import { oneOf, someOf, textOrNothing } from '../../app/search-values.js';

export const RUN_STATES: readonly RunState[] = [
  ...(['running', 'queued', 'waiting', 'committed', 'partial', 'failed', 'missed', 'cancelled'] as const),
];
export const RUN_KINDS: readonly RunKind[] = ['backup', 'restore', 'verify', 'prune', 'drill'];

/** Filters of the list of runs, as they stand in its address. */
export interface RunListSearch {
  readonly state?: RunState[] | undefined;
  readonly kind?: RunKind | undefined;
  readonly plan?: string | undefined;
  readonly agent?: string | undefined;
}

export function runListSearch(search: Record<string, unknown>): RunListSearch {
  return {
    state: someOf(search['state'], RUN_STATES),
    kind: oneOf(search['kind'], RUN_KINDS),
    plan: textOrNothing(search['plan']),
    agent: textOrNothing(search['agent']),
  };
}
