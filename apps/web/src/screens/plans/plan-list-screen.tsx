import type { Plan } from '@periodic-backup/contracts/http';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { CalendarClock, Plus } from 'lucide-react';
import { apiPages, apiQuery } from '../../api/queries.js';
import { ButtonLink } from '../../design/button/button-link.js';
import { EmptyState } from '../../design/feedback/empty-state.js';
import { ErrorState } from '../../design/feedback/error-state.js';
import { SkeletonRows } from '../../design/feedback/skeleton.js';
import { Card } from '../../design/page/card.js';
import { Page } from '../../design/page/page.js';
import { StateBadge } from '../../design/state/state-badge.js';
import { healthLooks } from '../../design/state/states.js';
import type { Column } from '../../design/table/column.js';
import { DataTable } from '../../design/table/data-table.js';
import { RelativeTime } from '../../design/time/relative-time.js';
import styles from './plan-list.module.css';

/** All plans. */
export function PlanListScreen() {
  const plans = useInfiniteQuery(apiPages('GET /plans', { query: { limit: 100 } }));
  const health = useQuery(apiQuery('GET /plan-health', { query: { limit: 500 } }));
  const rows = plans.data?.pages.flatMap(({ items }) => items) ?? [];
  const byPlan = new Map(health.data?.items.map((one) => [one.planId, one]));
  const badge = ({ id }: Plan) => {
    const one = byPlan.get(id);
    return one ? <StateBadge look={healthLooks[one.state]} /> : null;
  };
  const columns: Column<Plan>[] = [
    {
      id: 'name',
      header: 'Plan',
      width: 'minmax(10rem, 1.4fr)',
      cell: (plan) => <span className={styles.name}>{plan.name}</span>,
    },
    { id: 'health', header: 'Health', width: '8.5rem', cell: badge },
    {
      ...{ id: 'source', header: 'Source', width: 'minmax(10rem, 2fr)', dropBelow: 900 },
      cell: (plan) => (
        <>
          <span className={styles.agent}>{plan.agentId}</span> <code>{plan.sourceDir}</code>
        </>
      ),
    },
    {
      ...{ id: 'next', header: 'Next run', width: '7rem', align: 'end' },
      cell: (plan) => (plan.nextDueAt ? <RelativeTime at={plan.nextDueAt} inRow /> : '–'),
    },
  ];
  const body = (): React.ReactNode => {
    if (plans.isError) return <ErrorState error={plans.error} onRetry={() => void plans.refetch()} />;
    if (plans.isPending) return <SkeletonRows what="plans" />;
    if (rows.length === 0)
      return (
        <EmptyState
          icon={CalendarClock}
          title="A plan says what is backed up, when and where to"
          action={
            <ButtonLink to="/plans/new" kind="primary" icon={Plus}>
              New plan
            </ButtonLink>
          }
        >
          There is none yet.
        </EmptyState>
      );
    return (
      <DataTable
        label="Plans"
        columns={columns}
        rows={rows}
        rowKey={({ id }) => id}
        rowLink={({ id }) => ({ to: '/plans/$planId', params: { planId: id } })}
        compact={(plan) => (
          <>
            <span className={styles.name}>{plan.name}</span>
            <span className={styles.second}>
              {badge(plan)} {plan.agentId}
            </span>
          </>
        )}
        onReachEnd={plans.hasNextPage ? () => void plans.fetchNextPage() : undefined}
        loadingMore={plans.isFetchingNextPage}
      />
    );
  };
  return (
    <Page
      title="Plans"
      actions={
        <ButtonLink to="/plans/new" kind="primary" icon={Plus}>
          New plan
        </ButtonLink>
      }
    >
      <Card padding="none">{body()}</Card>
    </Page>
  );
}
