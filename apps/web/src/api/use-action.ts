import type { AnswerOf, JsonRoute, ReadRoute, RequestOf } from '@periodic-backup/api-client/http';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { showToast } from '../design/toast/toasts.js';
import { api } from './api.js';
import { refresh } from './queries.js';
import { sentenceFor } from './problems.js';

export interface ActionWords<R extends JsonRoute> {
  /** What is said when it is done; nothing: the screen itself shows it. */
  readonly done?: string | ((answer: AnswerOf<R>) => string);
  /** Begins the sentence that a refusal ends: `The plan was not paused`. Null: the caller shows refusals itself. */
  readonly failed: string | null;
  /** What the change makes stale. */
  readonly refreshes?: readonly ReadRoute[];
}

/**
 * A change through the API: `const pause = useAction('POST /plans/{id}/pause', { … }); pause.mutate({ params: { id } })`.
 * Says how it went and has what it changed read again.
 */
export function useAction<R extends Exclude<JsonRoute, ReadRoute>>(route: R, words: ActionWords<R>) {
  const client = useQueryClient();
  return useMutation<AnswerOf<R>, Error, RequestOf<R>>({
    mutationFn: (request) =>
      (api.call as (route: R, request: RequestOf<R>) => Promise<AnswerOf<R>>)(route, request),
    onSuccess: async (answer) => {
      const { done } = words;
      if (done) showToast({ tone: 'ok', title: typeof done === 'string' ? done : done(answer) });
      await refresh(client, ...(words.refreshes ?? []));
    },
    onError: (error) => {
      if (words.failed !== null) showToast({ tone: 'bad', title: words.failed, detail: sentenceFor(error) });
    },
  });
}
