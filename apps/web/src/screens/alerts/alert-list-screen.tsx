import { useInfiniteQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { BellOff, ShieldCheck } from 'lucide-react';
import { apiPages } from '../../api/queries.js';
import { Button } from '../../design/button/button.js';
import { ButtonLink } from '../../design/button/button-link.js';
import { EmptyState } from '../../design/feedback/empty-state.js';
import { ErrorState } from '../../design/feedback/error-state.js';
import { SkeletonRows } from '../../design/feedback/skeleton.js';
import { Card } from '../../design/page/card.js';
import { Page } from '../../design/page/page.js';
import { AlertRow } from './alert-row.js';
import { AlertTabs } from './alert-tabs.js';
import styles from './alerts.module.css';

const REFRESH_MS = 15_000;

/** What wants somebody's attention, or did. */
export function AlertListScreen() {
  const { state = 'open' } = useSearch({ from: '/shell/alerts' });
  const alerts = useInfiniteQuery({
    ...apiPages('GET /alerts', { query: { state, limit: 50 } }),
    refetchInterval: REFRESH_MS,
  });
  const body = (): React.ReactNode => {
    if (alerts.isError) return <ErrorState error={alerts.error} onRetry={() => void alerts.refetch()} />;
    if (alerts.isPending) return <SkeletonRows what="alerts" />;
    const rows = alerts.data.pages.flatMap(({ items }) => items);
    if (rows.length === 0)
      return state === 'open' ? (
        <EmptyState
          icon={ShieldCheck}
          title="Nothing wants attention"
          action={<ButtonLink to="/alerts/rules">Show what is watched</ButtonLink>}
        />
      ) : (
        <EmptyState
          icon={BellOff}
          title="No alert was resolved yet"
          action={<ButtonLink to="/alerts">Show open alerts</ButtonLink>}
        />
      );
    return (
      <>
        <ul className={styles.list}>
          {rows.map((alert) => (
            <AlertRow key={alert.id} alert={alert} />
          ))}
        </ul>
        {alerts.hasNextPage && (
          <p className={styles.more}>
            <Button
              size="small"
              pending={alerts.isFetchingNextPage}
              onPress={() => void alerts.fetchNextPage()}
            >
              Show more
            </Button>
          </p>
        )}
      </>
    );
  };
  return (
    <Page title="Alerts" tabs={<AlertTabs />}>
      <Card padding="none">{body()}</Card>
    </Page>
  );
}
