import type { Run, RunChanged } from '@periodic-backup/contracts/http';
import { useQueryClient, type InfiniteData } from '@tanstack/react-query';
import { useEffect } from 'react';
import { api } from '../../api/api.js';
import { isFinal } from '../../live/final-states.js';
import { onRunChanged } from '../../live/live.js';

type RunPages = InfiniteData<{ items: Run[]; nextCursor: string | null }>;

/** Rows that are shown change where they are: a list of runs is not read again under the cursor. */
export function useLiveRows(queryKey: readonly unknown[]): void {
  const client = useQueryClient();
  useEffect(() => {
    const change = (runId: string, part: Partial<Run>): boolean => {
      let known = false;
      client.setQueryData<RunPages>(queryKey, (data) => {
        known = data?.pages.some(({ items }) => items.some(({ id }) => id === runId)) ?? false;
        return data && known
          ? {
              ...data,
              pages: data.pages.map((page) => ({
                ...page,
                items: page.items.map((run) => (run.id === runId ? { ...run, ...part } : run)),
              })),
            }
          : data;
      });
      return known;
    };
    const take = async ({ runId, state, reason }: RunChanged): Promise<void> => {
      const known = change(runId, { state, reason });
      // What it amounts to is in no event.
      if (!known || !(isFinal(state) || state === 'running')) return;
      const run = await api.call('GET /runs/{id}', { params: { id: runId } });
      change(runId, run);
    };
    return onRunChanged((news) => void take(news).catch(() => undefined));
  }, [client, queryKey]);
}
