import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { isPassing, isStatus } from './problems.js';

const STALE_MS = 10_000;
const RETRIES = 2;

/** @param onLoggedOut called when the API asks who one is */
export function makeQueryClient(onLoggedOut: () => void): QueryClient {
  const onError = (error: unknown): void => {
    if (isStatus(error, 401)) onLoggedOut();
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: STALE_MS,
        // Refusals are final; what is only away is asked again.
        retry: (failures, error) => isPassing(error) && failures < RETRIES,
        retryDelay: (attempt) => 500 * 2 ** attempt,
      },
      mutations: { retry: false },
    },
  });
}
