import type { Run } from '@periodic-backup/contracts/http';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { History, RotateCw } from 'lucide-react';
import { useEffect, useState } from 'react';
import { apiPages } from '../../api/queries.js';
import { Button } from '../../design/button/button.js';
import { EmptyState } from '../../design/feedback/empty-state.js';
import { ErrorState } from '../../design/feedback/error-state.js';
import { SkeletonRows } from '../../design/feedback/skeleton.js';
import { Card } from '../../design/page/card.js';
import { StateBadge } from '../../design/state/state-badge.js';
import { runLooks } from '../../design/state/states.js';
import type { Column } from '../../design/table/column.js';
import { DataTable } from '../../design/table/data-table.js';
import { Duration } from '../../design/time/duration.js';
import { RelativeTime } from '../../design/time/relative-time.js';
import { formatBytes, formatCount } from '../../format/sizes.js';
import { onRunChanged } from '../../live/live.js';
import styles from './plan.module.css';

const columns: readonly Column<Run>[] = [
  { id: 'state', header: 'State', width: '8rem', cell: (run) => <StateBadge look={runLooks[run.state]} /> },
  {
    ...{ id: 'due', header: 'Due', width: '7rem' },
    cell: ({ scheduledFor }) => <RelativeTime at={scheduledFor} inRow />,
  },
  { id: 'kind', header: 'Kind', width: '5rem', cell: ({ kind }) => kind },
  {
    ...{ id: 'why', header: 'Why', width: 'minmax(8rem, 2fr)', dropBelow: 900 },
    cell: ({ reason }) => reason ?? '',
  },
  {
    ...{ id: 'files', header: 'Files', width: '6rem', align: 'end', dropBelow: 800 },
    cell: ({ counts }) => formatCount(counts.files),
  },
  {
    ...{ id: 'new', header: 'New', width: '6rem', align: 'end' },
    cell: ({ counts }) => formatBytes(counts.bytesStored),
  },
  {
    ...{ id: 'took', header: 'Took', width: '6rem', align: 'end' },
    cell: ({ durationMs }) => <Duration milliseconds={durationMs} />,
  },
];

/** Runs of a plan, newest first. */
export function PlanRuns() {
  const { planId } = useParams({ from: '/shell/plans/$planId' });
  const runs = useInfiniteQuery(apiPages('GET /runs', { query: { planId, limit: 100 } }));
  const rows = runs.data?.pages.flatMap(({ items }) => items) ?? [];
  const fresh = useFreshRuns(planId);
  const body = (): React.ReactNode => {
    if (runs.isError) return <ErrorState error={runs.error} onRetry={() => void runs.refetch()} />;
    if (runs.isPending) return <SkeletonRows what="runs" />;
    if (rows.length === 0) return <EmptyState icon={History} title="This plan has not run yet" />;
    return (
      <DataTable
        label="Runs of the plan"
        columns={columns}
        rows={rows}
        rowKey={({ id }) => id}
        rowLink={({ id }) => ({ to: '/runs/$runId', params: { runId: id } })}
        compact={(run) => (
          <>
            <StateBadge look={runLooks[run.state]} />
            <span className={styles.second}>
              {run.kind} <RelativeTime at={run.scheduledFor} inRow /> · {formatBytes(run.counts.bytesStored)}{' '}
              new
            </span>
          </>
        )}
        onReachEnd={runs.hasNextPage ? () => void runs.fetchNextPage() : undefined}
        loadingMore={runs.isFetchingNextPage}
      />
    );
  };
  return (
    <>
      {fresh.something && (
        <div className={styles.fresh}>
          <Button
            icon={RotateCw}
            onPress={() => {
              fresh.seen();
              void runs.refetch();
            }}
          >
            Something happened: show it
          </Button>
        </div>
      )}
      <Card padding="none">{body()}</Card>
    </>
  );
}

/** Rows never move by themselves: that there is news is said, and shown when one asks for it. */
function useFreshRuns(planId: string): { readonly something: boolean; readonly seen: () => void } {
  const [something, setSomething] = useState(false);
  useEffect(
    () =>
      onRunChanged((change) => {
        if (change.planId === planId) setSomething(true);
      }),
    [planId],
  );
  return { something, seen: () => setSomething(false) };
}
