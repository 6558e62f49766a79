import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import type { Plan } from '@periodic-backup/contracts/http';
import { useState } from 'react';
import { apiQuery } from '../../api/queries.js';
import { ErrorState } from '../../design/feedback/error-state.js';
import { SkeletonRows } from '../../design/feedback/skeleton.js';
import { Page } from '../../design/page/page.js';
import { draftOfPlan } from './plan-draft.js';
import { PlanFormView } from './plan-form.js';

/** A saved plan, to change it. */
export function EditPlanScreen() {
  const { planId } = useParams({ from: '/shell/plans/$planId/edit' });
  const plan = useQuery(apiQuery('GET /plans/{id}', { params: { id: planId } }));
  return (
    <Page
      title={plan.data ? `Edit ${plan.data.name}` : 'Edit plan'}
      subtitle="The next run does as you save; one that is under way goes on as it began."
      parent={
        <Link to="/plans/$planId" params={{ planId }}>
          {plan.data?.name ?? 'Plan'}
        </Link>
      }
    >
      {plan.isError ? (
        <ErrorState error={plan.error} onRetry={() => void plan.refetch()} />
      ) : plan.data ? (
        <Editor key={planId} plan={plan.data} />
      ) : (
        <SkeletonRows what="the plan" />
      )}
    </Page>
  );
}

/** What is filled in stays, whatever the plan becomes meanwhile. */
function Editor({ plan }: { readonly plan: Plan }) {
  const [before] = useState(plan);
  const [initial] = useState(() => draftOfPlan(plan));
  return <PlanFormView initial={initial} plan={before} />;
}
