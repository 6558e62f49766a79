import type { RunChanged } from '@periodic-backup/contracts/http';
import type { ReadRoute } from '@periodic-backup/api-client/http';
import type { QueryClient } from '@tanstack/react-query';
import { isFinal } from './final-states.js';

/** A storm of runs is one refetch a second, not one for each. */
const GATHER_MS = 1000;

/** What any change of a run alters on a screen. Lists of runs are not among it: rows must not move under the cursor. */
const ON_CHANGE: readonly ReadRoute[] = [
  ...(['GET /runs/{id}', 'GET /agents', 'GET /receivers', 'GET /overview', 'GET /plan-strips'] as const),
];
/** What only the end of a run alters. */
const ON_END: readonly ReadRoute[] = [
  ...(['GET /plan-health', 'GET /plans/{id}/health', 'GET /promises', 'GET /plans/{id}/promises'] as const),
  ...(['GET /plans', 'GET /plans/{id}', 'GET /snapshots', 'GET /vaults', 'GET /alerts'] as const),
  ...(['GET /runs/{id}/problems', 'GET /plans/{id}/drills'] as const),
];

/** Has what events make stale read again, a moment later and all at once. */
export class StaleData {
  readonly #runs = new Set<string>();
  #ended = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly client: QueryClient) {}

  runChanged({ runId, state }: RunChanged): void {
    this.#runs.add(runId);
    this.#ended ||= isFinal(state);
    if (this.#timer === undefined) this.#timer = setTimeout(() => this.#refresh(), GATHER_MS);
  }

  /** Events were missed. */
  everything(): void {
    void this.client.invalidateQueries();
  }

  #refresh(): void {
    this.#timer = undefined;
    const routes = new Set<unknown>(this.#ended ? [...ON_CHANGE, ...ON_END] : ON_CHANGE);
    const runs = new Set(this.#runs);
    this.#runs.clear();
    this.#ended = false;
    void this.client.invalidateQueries({
      predicate: ({ queryKey: [route, request] }) => {
        if (!routes.has(route)) return false;
        const id = (request as { params?: { id?: string } } | undefined)?.params?.id;
        return !String(route).startsWith('GET /runs/{id}') || (id !== undefined && runs.has(id));
      },
    });
  }
}
