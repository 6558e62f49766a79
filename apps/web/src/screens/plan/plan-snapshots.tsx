import type { SnapshotView } from '@periodic-backup/contracts/http';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { Archive, Pin, ShieldCheck, TriangleAlert } from 'lucide-react';
import { apiPages } from '../../api/queries.js';
import { ButtonLink } from '../../design/button/button-link.js';
import { EmptyState } from '../../design/feedback/empty-state.js';
import { ErrorState } from '../../design/feedback/error-state.js';
import { SkeletonRows } from '../../design/feedback/skeleton.js';
import { Card } from '../../design/page/card.js';
import type { Column } from '../../design/table/column.js';
import { DataTable } from '../../design/table/data-table.js';
import { RelativeTime } from '../../design/time/relative-time.js';
import { countOf, formatBytes, formatCount } from '../../format/sizes.js';
import styles from './plan.module.css';

const columns: readonly Column<SnapshotView>[] = [
  {
    ...{ id: 'snapshot', header: 'Snapshot', width: 'minmax(9rem, 1fr)' },
    cell: ({ committedAt }) => <RelativeTime at={committedAt} show="clock" inRow />,
  },
  {
    id: 'marks',
    header: 'State',
    width: 'minmax(9rem, 1.5fr)',
    cell: (snapshot) => <Marks snapshot={snapshot} />,
  },
  {
    ...{ id: 'files', header: 'Files', width: '7rem', align: 'end' },
    cell: ({ counts }) => formatCount(counts.files),
  },
  {
    ...{ id: 'size', header: 'Size', width: '6rem', align: 'end', dropBelow: 760 },
    cell: ({ counts }) => formatBytes(counts.bytes),
  },
  {
    ...{ id: 'new', header: 'New', width: '6rem', align: 'end' },
    cell: ({ counts }) => formatBytes(counts.storedBytes),
  },
];

/** Snapshots of a plan that are there, newest first; each leads to its files. */
export function PlanSnapshots() {
  const { planId } = useParams({ from: '/shell/plans/$planId' });
  const snapshots = useInfiniteQuery(apiPages('GET /snapshots', { query: { planId, limit: 100 } }));
  const rows = snapshots.data?.pages.flatMap(({ items }) => items) ?? [];
  const body = (): React.ReactNode => {
    if (snapshots.isError)
      return <ErrorState error={snapshots.error} onRetry={() => void snapshots.refetch()} />;
    if (snapshots.isPending) return <SkeletonRows what="snapshots" />;
    if (rows.length === 0)
      return <EmptyState icon={Archive} title="A snapshot appears here when a backup is committed" />;
    return (
      <DataTable
        label="Snapshots of the plan"
        columns={columns}
        rows={rows}
        rowKey={({ id }) => id}
        rowLink={({ id }) => ({ to: '/snapshots/$snapshotId', params: { snapshotId: id } })}
        compact={(snapshot) => (
          <>
            <RelativeTime at={snapshot.committedAt} show="clock" inRow />
            <span className={styles.second}>
              {countOf(snapshot.counts.files, 'file')}, {formatBytes(snapshot.counts.bytes)}{' '}
              <Marks snapshot={snapshot} />
            </span>
          </>
        )}
        onReachEnd={snapshots.hasNextPage ? () => void snapshots.fetchNextPage() : undefined}
        loadingMore={snapshots.isFetchingNextPage}
      />
    );
  };
  return (
    <div className={styles.column}>
      <div className={styles.buttons}>
        <ButtonLink to="/snapshots" search={{ plan: planId }} icon={Archive}>
          On a timeline
        </ButtonLink>
        <ButtonLink to="/restore" search={{ plan: planId }}>
          Restore files
        </ButtonLink>
      </div>
      <Card padding="none">{body()}</Card>
    </div>
  );
}

function Marks({ snapshot: { pinned, damages, verifiedAt } }: { readonly snapshot: SnapshotView }) {
  return (
    <span className={styles.marks}>
      {damages.length > 0 && (
        <span className={styles.damaged}>
          <TriangleAlert size={14} aria-hidden /> damaged
        </span>
      )}
      {pinned && (
        <span>
          <Pin size={14} aria-hidden /> pinned
        </span>
      )}
      {verifiedAt !== null && (
        <span>
          <ShieldCheck size={14} aria-hidden /> verified <RelativeTime at={verifiedAt} inRow />
        </span>
      )}
    </span>
  );
}
