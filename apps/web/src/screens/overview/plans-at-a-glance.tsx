import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { apiQuery } from '../../api/queries.js';
import { ErrorState } from '../../design/feedback/error-state.js';
import { SkeletonRows } from '../../design/feedback/skeleton.js';
import { Card } from '../../design/page/card.js';
import { countOf } from '../../format/sizes.js';
import { PlanTable } from '../plans/plan-table.js';

const SHOWN = 15;

/** Each plan with its health, its last due times, the age of what can be restored, and when it is due next. */
export function PlansAtAGlance({ total }: { readonly total: number }) {
  const plans = useQuery(apiQuery('GET /plans', { query: { limit: SHOWN, sort: 'name' } }));
  return (
    <Card
      title="Plans"
      aside={<Link to="/plans">{total > SHOWN ? `All ${countOf(total, 'plan')}` : 'Show all'}</Link>}
      padding="none"
    >
      {plans.data ? (
        <PlanTable label="Plans at a glance" pages={[plans.data.items]} />
      ) : plans.error ? (
        <ErrorState error={plans.error} onRetry={() => void plans.refetch()} />
      ) : (
        <SkeletonRows what="plans" />
      )}
    </Card>
  );
}
