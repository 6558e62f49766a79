import type { Plan, PlanPreview } from '@periodic-backup/contracts/http';
import { ApiError } from '@periodic-backup/api-client/http';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/api.js';
import { sentenceFor } from '../../api/problems.js';
import { apiQuery, refresh } from '../../api/queries.js';
import { sentence } from '../../forms/place-problems.js';
import { useVisited } from '../../forms/use-visited.js';
import { useDirectoryCheck } from './use-directory-check.js';
import { isAt } from './plan-fields.js';
import { requestOf, type PlanDraft } from './plan-draft.js';
import { planPreviewQuery } from './plan-preview-query.js';
import { prefilled } from './prefilled.js';
import { useSettled } from './use-settled.js';

const TYPING_MS = 300;

export interface PathProblem {
  readonly path: string;
  readonly message: string;
}

export interface PlanForm {
  readonly draft: PlanDraft;
  readonly set: (changes: Partial<PlanDraft>) => void;
  /** The plan that is changed; null: a new one. */
  readonly plan: Plan | null;
  /** Of the values that stand there, or stood there a moment ago. */
  readonly preview: PlanPreview | undefined;
  /** Why there is no preview. */
  readonly previewError: Error | null;
  /** Problems that are shown: of fields that were visited, all once saving was tried. */
  readonly problems: readonly PathProblem[];
  /** Error and warning of a field and of what is in it, and what tells that it was visited. */
  readonly at: (field: string) => FieldState;
  /** What no field can say. */
  readonly problem: string | null;
  readonly isChanged: boolean;
  readonly pending: boolean;
  /** The saved plan; null: something is wrong, and it is shown where. */
  readonly save: () => Promise<Plan | null>;
}

export interface FieldState {
  readonly error: string | undefined;
  readonly warning: string | undefined;
  readonly onBlur: () => void;
}

/** A plan's form: what stands in it, and what the server says of that while one fills it in. */
export function usePlanForm(initial: PlanDraft, plan: Plan | null): PlanForm {
  const client = useQueryClient();
  const [filledIn, setFilledIn] = useState(initial);
  const visited = useVisited();
  // What was saved once was filled in once: all that is wrong with it is shown at once.
  const [tried, setTried] = useState(plan !== null);
  const [refused, setRefused] = useState<{
    readonly by: string;
    readonly problems: readonly PathProblem[];
  }>();
  const [problem, setProblem] = useState<string | null>(null);
  const [pending, setPending] = useState(false);

  const agents = useQuery({ ...apiQuery('GET /agents'), enabled: plan === null });
  const vaults = useQuery({ ...apiQuery('GET /vaults'), enabled: plan === null });
  const draft = plan ? filledIn : prefilled(filledIn, agents.data?.items ?? [], vaults.data?.items ?? []);
  const request = requestOf(draft, plan !== null);
  const text = JSON.stringify(request);
  const settled = useSettled(request, TYPING_MS);
  const { data: preview, error: previewError } = useQuery(planPreviewQuery(settled, plan?.id));
  const checked = useDirectoryCheck(draft);

  const known = distinct([...(preview?.errors ?? []), ...(refused?.by === text ? refused.problems : [])]);
  const isShown = (path: string): boolean =>
    tried ||
    [...visited.fields].some((field) => isAt(path, field)) ||
    // Nobody typed this name: nobody will leave its field.
    (path === 'name' && !draft.nameIsGiven && draft.name !== '');
  const problems = known.filter(({ path }) => isShown(path));
  const warnings = [...(preview?.warnings ?? []), ...checked];

  const at = (field: string): FieldState => {
    const error = wordsOf(problems.find(({ path }) => isAt(path, field)));
    const warning = wordsOf(warnings.find(({ path }) => isAt(path, field)));
    return { error, warning: error === undefined ? warning : undefined, onBlur: () => visited.leave(field) };
  };

  const save = async (): Promise<Plan | null> => {
    setTried(true);
    setProblem(null);
    setPending(true);
    try {
      const { errors } = await client.fetchQuery({ ...planPreviewQuery(request, plan?.id), staleTime: 0 });
      if (errors.length > 0) return refuse(errors, null);
      const saved = plan
        ? await api.call('PATCH /plans/{id}', { params: { id: plan.id }, body: request })
        : await api.call('POST /plans', { body: request as never });
      await refresh(client, 'GET /plans', 'GET /plans/{id}', 'GET /plan-health', 'GET /plans/{id}/health');
      return saved;
    } catch (error) {
      const found = error instanceof ApiError ? (error.problem?.errors ?? []) : [];
      return refuse(found, found.length > 0 ? null : sentenceFor(error));
    } finally {
      setPending(false);
    }
  };
  const refuse = (found: readonly PathProblem[], above: string | null): null => {
    setRefused({ by: text, problems: found });
    setProblem(above);
    return null;
  };

  return {
    ...{ draft, plan, preview, previewError, problems, at, problem, pending, save },
    set: (changes) => setFilledIn((before) => ({ ...before, ...changes })),
    isChanged: filledIn !== initial && JSON.stringify(filledIn) !== JSON.stringify(initial),
  };
}

function distinct(problems: readonly PathProblem[]): readonly PathProblem[] {
  return [...new Map(problems.map((problem) => [`${problem.path} ${problem.message}`, problem])).values()];
}

function wordsOf(problem: PathProblem | undefined): string | undefined {
  return problem && sentence(problem.message);
}
