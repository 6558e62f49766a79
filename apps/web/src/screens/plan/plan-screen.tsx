import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useParams } from '@tanstack/react-router';
import { apiQuery } from '../../api/queries.js';
import { ErrorState } from '../../design/feedback/error-state.js';
import { SkeletonRows } from '../../design/feedback/skeleton.js';
import { Page } from '../../design/page/page.js';
import { StateBadge } from '../../design/state/state-badge.js';
import { healthLooks } from '../../design/state/states.js';
import { TabBar } from '../../design/tabs/tab-bar.js';
import { Sentence } from '../../design/time/sentence.js';
import { PlanActions } from './plan-actions.js';

/** A plan: how it is, what can be done with it, and its parts, each with an address. */
export function PlanScreen() {
  const { planId } = useParams({ from: '/shell/plans/$planId' });
  const plan = useQuery(apiQuery('GET /plans/{id}', { params: { id: planId } }));
  const health = useQuery(apiQuery('GET /plans/{id}/health', { params: { id: planId } }));
  const parent = <Link to="/plans">Plans</Link>;
  if (plan.isError)
    return (
      <Page title="Plan" parent={parent}>
        <ErrorState error={plan.error} onRetry={() => void plan.refetch()} />
      </Page>
    );
  if (plan.isPending)
    return (
      <Page title="Plan" parent={parent}>
        <SkeletonRows what="the plan" />
      </Page>
    );
  const params = { planId };
  return (
    <Page
      title={plan.data.name}
      parent={parent}
      badge={health.data && <StateBadge look={healthLooks[health.data.state]} kind="soft" />}
      subtitle={health.data && <Sentence text={health.data.sentence} />}
      actions={<PlanActions plan={plan.data} />}
      tabs={
        <TabBar
          label="Parts of the plan"
          tabs={[
            { label: 'History', link: { to: '/plans/$planId', params } },
            { label: 'Runs', link: { to: '/plans/$planId/runs', params } },
            { label: 'Snapshots', link: { to: '/plans/$planId/snapshots', params } },
            { label: 'Settings', link: { to: '/plans/$planId/settings', params } },
          ]}
        />
      }
    >
      <Outlet />
    </Page>
  );
}
