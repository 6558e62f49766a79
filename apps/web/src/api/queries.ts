import type { AnswerOf, Arguments, ReadRoute } from '@periodic-backup/api-client/http';
import { infiniteQueryOptions, queryOptions, type QueryClient } from '@tanstack/react-query';
import { api } from './api.js';

/**
 * Options for useQuery of a route that reads: `useQuery(apiQuery('GET /runs/{id}', { params: { id } }))`. Keys begin with
 * the route, so that all answers of a route can be made stale together.
 */
export function apiQuery<R extends ReadRoute>(route: R, ...[request]: Arguments<R>) {
  return queryOptions({
    queryKey: [route, request ?? {}] as const,
    queryFn: ({ signal }) =>
      (api.call as (route: R, request: unknown, options: object) => Promise<AnswerOf<R>>)(
        route,
        request ?? {},
        {
          signal,
        },
      ),
  });
}

/** Routes whose answers come in pages. */
export type PagedRoute = {
  [R in ReadRoute]: AnswerOf<R> extends { items: readonly unknown[]; nextCursor: string | null } ? R : never;
}[ReadRoute];
export type ItemOf<R extends PagedRoute> =
  AnswerOf<R> extends { items: readonly (infer Item)[] } ? Item : never;

/** The same for useInfiniteQuery, page by page: the cursor is looked after. */
export function apiPages<R extends PagedRoute>(route: R, ...[request]: Arguments<R>) {
  const { query, ...rest } = (request ?? {}) as { query?: object };
  return infiniteQueryOptions({
    queryKey: [route, request ?? {}, 'pages'] as const,
    queryFn: ({ signal, pageParam }) =>
      (api.call as (route: R, request: unknown, options: object) => Promise<AnswerOf<R>>)(
        route,
        { ...rest, query: { ...query, ...(pageParam === null ? {} : { cursor: pageParam }) } },
        { signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => (page as { nextCursor: string | null }).nextCursor,
  });
}

/** Everything that came from these routes is read again when it is looked at; at once if it is on the screen. */
export function refresh(client: QueryClient, ...routes: readonly ReadRoute[]): Promise<unknown> {
  return Promise.all(routes.map((route) => client.invalidateQueries({ queryKey: [route] })));
}
