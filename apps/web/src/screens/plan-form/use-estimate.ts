import type { Estimate } from '@periodic-backup/contracts/http';
import { keepPreviousData, queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/api.js';
import { filledExcludes, type PlanDraft } from './plan-draft.js';
import { useSettled } from './use-settled.js';

/** Rules are typed: each letter is not worth a walk. */
const TYPING_MS = 700;
/** First figures soon, then all of them or the most that one waits for. */
const FIRST_MS = 2000;
const LONGEST_MS = 30_000;
const FRESH_MS = 5 * 60_000;

interface Wanted {
  readonly agentId: string;
  readonly sourceDir: string;
  readonly excludes: readonly string[];
  readonly planId: string | undefined;
}

export interface EstimateState {
  /** Of what is wanted now, or until it is there of what was wanted before; undefined: nothing was counted yet. */
  readonly estimate: Estimate | undefined;
  /** Still counting. */
  readonly counting: boolean;
  /** It is that of before. */
  readonly isOld: boolean;
  readonly error: Error | null;
  /** Enough is filled in. */
  readonly possible: boolean;
  readonly stop: () => void;
  readonly again: () => void;
}

/** What a run would take, counted by the agent's own walk whenever source or excludes change. */
export function useEstimate(draft: PlanDraft, planId: string | undefined): EstimateState {
  const client = useQueryClient();
  const wanted = useSettled<Wanted | null>(wantedOf(draft, planId), TYPING_MS);
  const [stopped, setStopped] = useState<string | null>(null);
  const key = JSON.stringify(wanted);
  const isStopped = stopped === key;
  const first = useQuery({
    ...estimateQuery(wanted, FIRST_MS),
    enabled: wanted !== null && !isStopped,
    placeholderData: keepPreviousData,
  });
  const needsMore = !first.isPlaceholderData && first.data?.complete === false;
  const whole = useQuery({
    ...estimateQuery(wanted, LONGEST_MS),
    enabled: needsMore && !isStopped,
  });
  return {
    estimate: wanted === null ? undefined : ((needsMore ? whole.data : undefined) ?? first.data),
    counting: first.isFetching || whole.isFetching,
    isOld: first.isPlaceholderData,
    error: first.error ?? whole.error,
    possible: wanted !== null,
    stop: () => {
      setStopped(key);
      void client.cancelQueries({ queryKey: [ROUTE, wanted] });
    },
    again: () => {
      setStopped(null);
      void client.resetQueries({ queryKey: [ROUTE, wanted] });
    },
  };
}

const ROUTE = 'POST /agents/{id}/estimate';

function estimateQuery(wanted: Wanted | null, budgetMs: number) {
  return queryOptions({
    queryKey: [ROUTE, wanted, budgetMs] as const,
    queryFn: ({ signal }) => {
      const { agentId, sourceDir, excludes, planId } = wanted!;
      return api.call(
        ROUTE,
        {
          params: { id: agentId },
          body: { sourceDir, excludes: [...excludes], budgetMs, ...(planId === undefined ? {} : { planId }) },
        },
        { signal },
      );
    },
    staleTime: FRESH_MS,
    retry: false,
  });
}

function wantedOf(draft: PlanDraft, planId: string | undefined): Wanted | null {
  const sourceDir = draft.sourceDir.trim();
  if (draft.agentId === null || !sourceDir.startsWith('/')) return null;
  const excludes = filledExcludes(draft).map(({ rule }) => rule);
  return { agentId: draft.agentId, sourceDir, excludes, planId };
}
