import type { DirectoryListing } from '@periodic-backup/contracts/http';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { apiPages } from '../api/queries.js';

export interface DirectoryLook {
  readonly agentId: string;
  /** Null: the directories that the agent may use at all. */
  readonly path: string | null;
  /** With them every item says which of the rules leaves it out. */
  readonly excludes?: { readonly sourceDir: string; readonly rules: readonly string[] };
}

const FRESH_MS = 5_000;

/** A directory of an agent's machine, as the agent sees it now. */
export function useDirectory({ agentId, path, excludes }: DirectoryLook) {
  const answer = useInfiniteQuery({
    ...apiPages('GET /agents/{id}/directories', {
      params: { id: agentId },
      query: {
        ...(path === null ? {} : { path }),
        ...(excludes && path !== null ? { sourceDir: excludes.sourceDir, exclude: [...excludes.rules] } : {}),
      },
    }),
    staleTime: FRESH_MS,
    placeholderData: keepPreviousData,
  });
  const first: DirectoryListing | undefined = answer.data?.pages[0];
  return { ...answer, listing: first, items: answer.data?.pages.flatMap(({ items }) => items) ?? [] };
}
