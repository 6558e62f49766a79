import { useInfiniteQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { CalendarClock, Plus, SearchX } from 'lucide-react';
import { apiPages } from '../../api/queries.js';
import { useMay } from '../../api/use-may.js';
import { ButtonLink } from '../../design/button/button-link.js';
import { EmptyState } from '../../design/feedback/empty-state.js';
import { ErrorState } from '../../design/feedback/error-state.js';
import { SkeletonRows } from '../../design/feedback/skeleton.js';
import { Card } from '../../design/page/card.js';
import { Page } from '../../design/page/page.js';
import { PlanFilters } from './plan-filters.js';
import { PlanTable } from './plan-table.js';

/** Strips are asked for a page at a time, too: no more than they allow. */
const PAGE = 100;

/** All plans, or those that fit, with how they do. */
export function PlanListScreen() {
  const { find, health, agent, vault, sort = 'name' } = useSearch({ from: '/shell/plans' });
  const mayAdd = useMay('operate');
  const plans = useInfiniteQuery({
    ...apiPages('GET /plans', {
      query: { limit: PAGE, search: find, health, agentId: agent, vaultId: vault, sort },
    }),
    placeholderData: (before) => before,
  });
  const pages = plans.data?.pages.map(({ items }) => items) ?? [];
  const total = plans.data?.pages[0]?.total;
  const filtered = [find, health, agent, vault].some((filter) => filter !== undefined);
  const newPlan = (
    <ButtonLink to="/plans/new" kind="primary" icon={Plus}>
      New plan
    </ButtonLink>
  );
  const body = (): React.ReactNode => {
    if (plans.isError) return <ErrorState error={plans.error} onRetry={() => void plans.refetch()} />;
    if (plans.isPending) return <SkeletonRows what="plans" />;
    if (total === 0 && filtered)
      return (
        <EmptyState
          icon={SearchX}
          title="No plan fits"
          action={
            <ButtonLink to="/plans" search={{}}>
              Show all plans
            </ButtonLink>
          }
        />
      );
    if (total === 0)
      return (
        <EmptyState
          icon={CalendarClock}
          title="A plan says what is backed up, when and where to"
          action={mayAdd && newPlan}
        >
          There is none yet.
        </EmptyState>
      );
    return (
      <PlanTable
        label="Plans"
        pages={pages}
        onReachEnd={plans.hasNextPage ? () => void plans.fetchNextPage() : undefined}
        loadingMore={plans.isFetchingNextPage}
      />
    );
  };
  return (
    <Page title="Plans" actions={mayAdd && newPlan}>
      {(filtered || total !== 0) && <PlanFilters total={total} />}
      <Card padding="none">{body()}</Card>
    </Page>
  );
}
