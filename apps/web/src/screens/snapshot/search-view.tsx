import type { SearchHit, SnapshotView } from '@periodic-backup/contracts/http';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { LinkProps } from '@tanstack/react-router';
import { SearchX } from 'lucide-react';
import { useEffect, useMemo } from 'react';
import { apiPages } from '../../api/queries.js';
import { EmptyState } from '../../design/feedback/empty-state.js';
import { ErrorState } from '../../design/feedback/error-state.js';
import { SkeletonRows } from '../../design/feedback/skeleton.js';
import type { Column } from '../../design/table/column.js';
import { DataTable } from '../../design/table/data-table.js';
import { RelativeTime } from '../../design/time/relative-time.js';
import { countOf, formatBytes, formatCount } from '../../format/sizes.js';
import { keyOf, parentOf, textOf } from '../../paths/snapshot-path.js';
import { EntryIcon } from './entry-icon.js';
import styles from './snapshot.module.css';

const columns: readonly Column<SearchHit>[] = [
  { id: 'name', header: 'Name', width: 'minmax(11rem, 1fr)', cell: (hit) => <HitName hit={hit} /> },
  {
    ...{ id: 'where', header: 'In', width: 'minmax(8rem, 1.4fr)', dropBelow: 800 },
    cell: (hit) => <span className={styles.hits}>{placeOf(hit)}</span>,
  },
  {
    ...{ id: 'size', header: 'Size', width: '6rem', align: 'end' },
    cell: ({ entry }) => (entry.sizeBytes === null ? '' : formatBytes(entry.sizeBytes)),
  },
  {
    ...{ id: 'snapshots', header: 'Snapshots', width: '6rem', align: 'end', dropBelow: 900 },
    cell: (hit) => formatCount(hit.snapshots),
  },
  {
    ...{ id: 'last', header: 'Last in', width: '8.5rem', align: 'end' },
    cell: ({ last }) => <RelativeTime at={last.committedAt} show="clock" inRow />,
  },
];

/** Names that were searched for, over the snapshots of the plan: also of files that are gone by now. */
export function SearchView({ snapshot, find }: { readonly snapshot: SnapshotView; readonly find: string }) {
  const answer = useInfiniteQuery(
    apiPages('GET /plans/{id}/search', {
      params: { id: snapshot.planId },
      query: { name: find, limit: 100 },
    }),
  );
  const { data, hasNextPage, isFetching, fetchNextPage } = answer;
  const hits = useMemo(() => data?.pages.flatMap(({ items }) => items) ?? [], [data]);
  useEffect(() => {
    // A page may be empty and have a next one: its time was up.
    if (hits.length === 0 && hasNextPage && !isFetching) void fetchNextPage();
  }, [hits.length, hasNextPage, isFetching, fetchNextPage]);
  if (answer.isError) return <ErrorState error={answer.error} onRetry={() => void answer.refetch()} />;
  if (answer.isPending || (hits.length === 0 && hasNextPage))
    return <SkeletonRows what={`names with "${find}"`} rows={8} />;
  const last = answer.data.pages.at(-1)!;
  const scope = `${
    last.searchedSnapshots < last.planSnapshots
      ? `Searched the newest ${countOf(last.searchedSnapshots, 'snapshot')} of ${formatCount(last.planSnapshots)}`
      : `Searched all ${countOf(last.searchedSnapshots, 'snapshot')}`
  } of the plan${last.skipped.length > 0 ? `; ${countOf(last.skipped.length, 'snapshot')} could not be read` : ''}.`;
  if (hits.length === 0)
    return (
      <EmptyState icon={SearchX} title={`No name has "${find}" in it`}>
        {scope} With <code>*</code>, <code>?</code> or <code>[…]</code> it is a pattern of a whole name, such
        as <code>*.pdf</code>.
      </EmptyState>
    );
  return (
    <>
      <DataTable
        label={`Names with "${find}"`}
        columns={columns}
        rows={hits}
        rowKey={({ entry }) => entry.pathBytes}
        rowLink={(hit) => linkTo(hit, snapshot)}
        compact={(hit) => (
          <>
            <HitName hit={hit} />
            <span className={styles.second}>
              {placeOf(hit)} <RelativeTime at={hit.last.committedAt} show="clock" inRow />
            </span>
          </>
        )}
        onReachEnd={hasNextPage ? () => void fetchNextPage() : undefined}
        loadingMore={answer.isFetchingNextPage}
      />
      <p className={styles.note}>{scope}</p>
    </>
  );
}

function HitName({ hit: { entry } }: { readonly hit: SearchHit }) {
  return (
    <span className={styles.entry}>
      <EntryIcon entry={entry} />
      <span className={styles.entryName}>{entry.name}</span>
    </span>
  );
}

function placeOf({ entry }: SearchHit): string {
  return textOf(parentOf(keyOf(entry.pathBytes))) || 'top of the snapshot';
}

/** In the snapshot that is looked at, if it can hold the path; else in the newest that does. */
function linkTo({ entry, first, last }: SearchHit, current: SnapshotView): LinkProps {
  const isHere = first.committedAt <= current.committedAt && current.committedAt <= last.committedAt;
  const key = keyOf(entry.pathBytes);
  return {
    to: '/snapshots/$snapshotId',
    params: { snapshotId: isHere ? current.id : last.id },
    search: entry.kind === 'directory' ? { path: key } : { path: parentOf(key) || undefined, file: key },
  } as LinkProps;
}
