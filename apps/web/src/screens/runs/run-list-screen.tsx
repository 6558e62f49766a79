import type { Run } from '@periodic-backup/contracts/http';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { History } from 'lucide-react';
import { apiPages } from '../../api/queries.js';
import { ButtonLink } from '../../design/button/button-link.js';
import { EmptyState } from '../../design/feedback/empty-state.js';
import { ErrorState } from '../../design/feedback/error-state.js';
import { SkeletonRows } from '../../design/feedback/skeleton.js';
import { Card } from '../../design/page/card.js';
import { Page } from '../../design/page/page.js';
import { StateBadge } from '../../design/state/state-badge.js';
import { runLooks } from '../../design/state/states.js';
import type { Column } from '../../design/table/column.js';
import { DataTable } from '../../design/table/data-table.js';
import { Duration } from '../../design/time/duration.js';
import { RelativeTime } from '../../design/time/relative-time.js';
import { formatBytes, formatCount } from '../../format/sizes.js';
import styles from '../plans/plan-list.module.css';

const columns: Column<Run>[] = [
  {
    id: 'plan',
    header: 'Plan',
    width: 'minmax(9rem, 1fr)',
    cell: (run) => <span className={styles.name}>{run.planName}</span>,
  },
  { id: 'state', header: 'State', width: '8rem', cell: (run) => <StateBadge look={runLooks[run.state]} /> },
  { id: 'kind', header: 'Kind', width: '5rem', dropBelow: 760, cell: ({ kind }) => kind },
  {
    id: 'reason',
    header: 'Why',
    width: 'minmax(8rem, 2fr)',
    dropBelow: 1000,
    cell: ({ reason }) => reason ?? '',
  },
  {
    id: 'files',
    header: 'Files',
    width: '6rem',
    align: 'end',
    dropBelow: 860,
    cell: ({ counts }) => formatCount(counts.files),
  },
  {
    id: 'new',
    header: 'New',
    width: '6rem',
    align: 'end',
    cell: ({ counts }) => formatBytes(counts.bytesStored),
  },
  {
    id: 'took',
    header: 'Took',
    width: '6rem',
    align: 'end',
    cell: ({ durationMs }) => <Duration milliseconds={durationMs} />,
  },
  {
    id: 'due',
    header: 'Due',
    width: '7rem',
    align: 'end',
    cell: ({ scheduledFor }) => <RelativeTime at={scheduledFor} inRow />,
  },
];

/** All runs, newest first. */
export function RunListScreen() {
  const { state, kind, plan } = useSearch({ from: '/shell/runs' });
  const runs = useInfiniteQuery(apiPages('GET /runs', { query: { limit: 100, state, kind, planId: plan } }));
  const rows = runs.data?.pages.flatMap(({ items }) => items) ?? [];
  const body = (): React.ReactNode => {
    if (runs.isError) return <ErrorState error={runs.error} onRetry={() => void runs.refetch()} />;
    if (runs.isPending) return <SkeletonRows what="runs" />;
    if (rows.length === 0)
      return (
        <EmptyState
          icon={History}
          title="Nothing has run yet"
          action={<ButtonLink to="/plans">Show plans</ButtonLink>}
        />
      );
    return (
      <DataTable
        label="Runs"
        columns={columns}
        rows={rows}
        rowKey={({ id }) => id}
        rowLink={({ id }) => ({ to: '/runs/$runId', params: { runId: id } })}
        compact={(run) => (
          <>
            <span className={styles.name}>{run.planName}</span>
            <span className={styles.second}>
              <StateBadge look={runLooks[run.state]} /> <RelativeTime at={run.scheduledFor} inRow />
            </span>
          </>
        )}
        onReachEnd={runs.hasNextPage ? () => void runs.fetchNextPage() : undefined}
        loadingMore={runs.isFetchingNextPage}
      />
    );
  };
  return (
    <Page title="Runs">
      <Card padding="none">{body()}</Card>
    </Page>
  );
}
