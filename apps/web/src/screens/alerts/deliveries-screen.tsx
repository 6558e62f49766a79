import type { AlertDelivery } from '@periodic-backup/contracts/http';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { CircleCheck, CircleX, Clock, Inbox, SkipForward } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { apiPages } from '../../api/queries.js';
import { ButtonLink } from '../../design/button/button-link.js';
import { EmptyState } from '../../design/feedback/empty-state.js';
import { ErrorState } from '../../design/feedback/error-state.js';
import { SkeletonRows } from '../../design/feedback/skeleton.js';
import { Card } from '../../design/page/card.js';
import { Page } from '../../design/page/page.js';
import { StateBadge } from '../../design/state/state-badge.js';
import type { StateLook } from '../../design/state/states.js';
import type { Column } from '../../design/table/column.js';
import { DataTable } from '../../design/table/data-table.js';
import { RelativeTime } from '../../design/time/relative-time.js';
import { AlertTabs } from './alert-tabs.js';
import styles from './alerts.module.css';

const DeliveryDialog = lazy(() =>
  import('./delivery-dialog.js').then((module) => ({ default: module.DeliveryDialog })),
);

const LOOKS: Readonly<Record<AlertDelivery['state'], StateLook>> = {
  pending: { tone: 'idle', word: 'On its way', icon: Clock },
  sent: { tone: 'ok', word: 'Sent', icon: CircleCheck },
  failed: { tone: 'bad', word: 'Failed', icon: CircleX },
  superseded: { tone: 'idle', word: 'Overtaken', icon: SkipForward },
};
const REFRESH_MS = 15_000;

const columns: readonly Column<AlertDelivery>[] = [
  { id: 'state', header: 'State', width: '7.5rem', cell: (one) => <StateBadge look={LOOKS[one.state]} /> },
  {
    ...{ id: 'title', header: 'Message', width: 'minmax(12rem, 3fr)' },
    cell: ({ title }) => title,
  },
  {
    ...{ id: 'channel', header: 'Channel', width: 'minmax(8rem, 1fr)' },
    cell: ({ channelName }) => <span className={styles.muted}>{channelName}</span>,
  },
  {
    ...{ id: 'attempts', header: 'Attempts', width: '5rem', align: 'end', dropBelow: 860 },
    cell: ({ attempts }) => attempts.length,
  },
  {
    ...{ id: 'made', header: 'Made', width: '6rem', align: 'end' },
    cell: ({ createdAt }) => <RelativeTime at={createdAt} inRow />,
  },
];

/** What was sent to whom, and what became of it. */
export function DeliveriesScreen() {
  const { message } = useSearch({ from: '/shell/alerts/deliveries' });
  const navigate = useNavigate({ from: '/alerts/deliveries' });
  const deliveries = useInfiniteQuery({
    ...apiPages('GET /alert-deliveries', { query: { limit: 100 } }),
    refetchInterval: REFRESH_MS,
  });
  const rows = deliveries.data?.pages.flatMap(({ items }) => items) ?? [];
  const body = (): React.ReactNode => {
    if (deliveries.isError)
      return <ErrorState error={deliveries.error} onRetry={() => void deliveries.refetch()} />;
    if (deliveries.isPending) return <SkeletonRows what="messages" />;
    if (rows.length === 0)
      return (
        <EmptyState
          icon={Inbox}
          title="Nothing was sent yet"
          action={<ButtonLink to="/alerts/channels">Show channels</ButtonLink>}
        />
      );
    return (
      <DataTable
        label="Messages"
        columns={columns}
        rows={rows}
        rowKey={({ id }) => id}
        rowLink={({ id }) => ({ to: '/alerts/deliveries', search: { message: id } })}
        compact={(one) => (
          <>
            <span className={styles.top}>
              <span className={styles.strong}>{one.channelName}</span>
              <StateBadge look={LOOKS[one.state]} />
            </span>
            <span className={styles.second}>
              <span>{one.title}</span>
              <RelativeTime at={one.createdAt} inRow />
            </span>
          </>
        )}
        onReachEnd={deliveries.hasNextPage ? () => void deliveries.fetchNextPage() : undefined}
        loadingMore={deliveries.isFetchingNextPage}
      />
    );
  };
  return (
    <Page title="Alerts" tabs={<AlertTabs />}>
      <Card padding="none">{body()}</Card>
      <Suspense fallback={null}>
        {message !== undefined && (
          <DeliveryDialog deliveryId={message} onClose={() => void navigate({ search: {}, replace: true })} />
        )}
      </Suspense>
    </Page>
  );
}
