import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api } from '../../api/api.js';
import { apiQuery } from '../../api/queries.js';

const TYPING_MS = 400;

/** Where the agent may restore to, and which of it fits a directory of its own best. None while it does not answer. */
export function useRestoreRoots(agentId: string): { paths: readonly string[]; best: string | null } {
  const { data } = useQuery({
    ...apiQuery('GET /agents/{id}/directories', { params: { id: agentId } }),
    retry: false,
  });
  const roots = (data?.items ?? []).filter(({ uses, isText }) => uses.includes('restore') && isText);
  // Beside the sources rather than in one: the next backup would take it along.
  const best = roots.find(({ uses }) => !uses.includes('source')) ?? roots[0];
  return { paths: roots.map(({ path }) => path), best: best?.path.replace(/\/+$/, '') ?? null };
}

/** What the agent itself has against restoring to a directory; null: nothing, or it does not answer. */
export function useDestinationCheck(agentId: string, destination: string | undefined): string | null {
  const [settled, setSettled] = useState(destination);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(destination), TYPING_MS);
    return () => clearTimeout(timer);
  }, [destination]);
  const { data } = useQuery({
    queryKey: ['POST /agents/{id}/check', agentId, settled],
    queryFn: ({ signal }) =>
      api.call(
        'POST /agents/{id}/check',
        { params: { id: agentId }, body: { destination: settled ?? '' } },
        { signal },
      ),
    enabled: settled !== undefined && settled.startsWith('/'),
    retry: false,
  });
  return settled === destination ? (data?.problems[0]?.message ?? null) : null;
}
