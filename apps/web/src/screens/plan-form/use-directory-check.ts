import { useQuery } from '@tanstack/react-query';
import { api } from '../../api/api.js';
import type { PlanDraft } from './plan-draft.js';
import type { PathProblem } from './use-plan-form.js';
import { useSettled } from './use-settled.js';

const TYPING_MS = 500;

/**
 * What the agent itself says of the directories: that they are not there, or may not be read. No reason not to save: they
 * may come. An agent that is away says nothing.
 */
export function useDirectoryCheck({
  agentId,
  sourceDir,
  afterTransmit,
  backupDir,
}: PlanDraft): readonly PathProblem[] {
  const wanted = useSettled(
    {
      agentId,
      body: {
        ...(sourceDir.startsWith('/') ? { sourceDir: sourceDir.trim() } : {}),
        ...(afterTransmit !== 'keep' && backupDir.startsWith('/')
          ? { afterTransmit, backupDir: backupDir.trim() }
          : {}),
      },
    },
    TYPING_MS,
  );
  const { data } = useQuery({
    queryKey: ['POST /agents/{id}/check', wanted],
    queryFn: ({ signal }) =>
      api.call(
        'POST /agents/{id}/check',
        { params: { id: wanted.agentId ?? '' }, body: wanted.body },
        { signal },
      ),
    enabled: wanted.agentId !== null && wanted.body.sourceDir !== undefined,
    retry: false,
  });
  return data?.problems ?? [];
}
