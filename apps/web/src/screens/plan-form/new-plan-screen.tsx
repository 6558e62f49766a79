import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { apiQuery } from '../../api/queries.js';
import { ErrorState } from '../../design/feedback/error-state.js';
import { SkeletonRows } from '../../design/feedback/skeleton.js';
import { Page } from '../../design/page/page.js';
import { draftOfCopy, newPlanDraft, type PlanDraft } from './plan-draft.js';
import { PlanFormView } from './plan-form.js';

/** A new plan, from nothing or from another one. */
export function NewPlanScreen() {
  const { copy, agent, source } = useSearch({ from: '/shell/plans/new' });
  return (
    <Page
      title={copy === undefined ? 'New plan' : 'Duplicate a plan'}
      subtitle="What is backed up, where to and when. Nothing happens before you save."
      parent={<Link to="/plans">Plans</Link>}
    >
      {copy === undefined ? (
        <Editor draft={{ ...newPlanDraft(), agentId: agent ?? null, sourceDir: source ?? '' }} />
      ) : (
        <FromPlan key={copy} planId={copy} />
      )}
    </Page>
  );
}

function FromPlan({ planId }: { readonly planId: string }) {
  const plan = useQuery(apiQuery('GET /plans/{id}', { params: { id: planId } }));
  if (plan.isError) return <ErrorState error={plan.error} onRetry={() => void plan.refetch()} />;
  return plan.data ? <Editor draft={draftOfCopy(plan.data)} /> : <SkeletonRows what="the plan" />;
}

/** Begins with the first draft that it is given. */
function Editor({ draft }: { readonly draft: PlanDraft }) {
  const [initial] = useState(draft);
  return <PlanFormView initial={initial} plan={null} />;
}
