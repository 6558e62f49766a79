import type { DiffEntry, SnapshotView } from '@periodic-backup/contracts/http';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { LinkProps } from '@tanstack/react-router';
import { CircleMinus, CirclePlus, Equal, PencilLine, SlidersHorizontal } from 'lucide-react';
import { useEffect, useMemo } from 'react';
import { apiPages } from '../../api/queries.js';
import { EmptyState } from '../../design/feedback/empty-state.js';
import { ErrorState } from '../../design/feedback/error-state.js';
import { SkeletonRows } from '../../design/feedback/skeleton.js';
import { StateBadge } from '../../design/state/state-badge.js';
import type { StateLook } from '../../design/state/states.js';
import type { Column } from '../../design/table/column.js';
import { DataTable } from '../../design/table/data-table.js';
import { countOf, formatBytes, formatCount } from '../../format/sizes.js';
import { keyOf, parentOf } from '../../paths/snapshot-path.js';
import { changesOfMetadata, isWorthShowing } from './changes.js';
import styles from './snapshot.module.css';

const PAGE = 500;
/** So many shown ones are wanted before one has to scroll for more. */
const WANTED_AT_FIRST = 60;

const LOOKS: Readonly<Record<DiffEntry['change'], StateLook>> = {
  added: { tone: 'ok', word: 'Added', icon: CirclePlus },
  removed: { tone: 'bad', word: 'Removed', icon: CircleMinus },
  changed: { tone: 'warn', word: 'Changed', icon: PencilLine },
  metadata: { tone: 'idle', word: 'Metadata', icon: SlidersHorizontal },
};

export interface ChangeListProps {
  readonly before: SnapshotView;
  readonly after: SnapshotView;
  readonly path: string;
  /** Also what differs only in owner, mode or time. */
  readonly withMetadata: boolean;
}

/** What was added, removed or changed, in the order of paths. */
export function ChangeList({ before, after, path, withMetadata }: ChangeListProps) {
  const answer = useInfiniteQuery({
    ...apiPages('GET /snapshots/{id}/diff/{otherId}', {
      params: { id: before.id, otherId: after.id },
      query: { limit: PAGE, ...(path === '' ? {} : { pathBytes: path }) },
    }),
    staleTime: Infinity,
  });
  const { data, hasNextPage, isFetching, fetchNextPage } = answer;
  const all = useMemo(() => data?.pages.flatMap(({ items }) => items) ?? [], [data]);
  const rows = useMemo(
    () => all.filter((entry) => withMetadata || isWorthShowing(entry)),
    [all, withMetadata],
  );
  useEffect(() => {
    // Pages may be short or hold nothing that is shown.
    if (rows.length < WANTED_AT_FIRST && hasNextPage && !isFetching) void fetchNextPage();
  }, [rows.length, hasNextPage, isFetching, fetchNextPage]);
  if (answer.isError) return <ErrorState error={answer.error} onRetry={() => void answer.refetch()} />;
  if (answer.isPending || (rows.length === 0 && hasNextPage)) return <SkeletonRows what="the differences" />;
  const hidden = all.length - rows.length;
  if (rows.length === 0)
    return (
      <EmptyState icon={Equal} title="They hold the same">
        {hidden > 0 &&
          `Only owner, mode or time of ${countOf(hidden, 'entry', 'entries')} differ: the switch above shows them.`}
      </EmptyState>
    );
  const columns: readonly Column<DiffEntry>[] = [
    {
      ...{ id: 'path', header: 'Path', width: 'minmax(12rem, 1fr)' },
      cell: (entry) => <ChangedPath entry={entry} />,
    },
    {
      ...{ id: 'change', header: 'Change', width: '7rem' },
      cell: ({ change }) => <StateBadge look={LOOKS[change]} />,
    },
    {
      ...{ id: 'what', header: 'What', width: 'minmax(8rem, 14rem)', dropBelow: 980 },
      cell: (entry) => <span className={styles.hits}>{changesOfMetadata(entry)}</span>,
    },
    {
      ...{ id: 'before', header: 'Before', width: '6rem', align: 'end', dropBelow: 760 },
      cell: (entry) => sizeOf(entry.before),
    },
    { id: 'after', header: 'After', width: '6rem', align: 'end', cell: (entry) => sizeOf(entry.after) },
  ];
  return (
    <>
      <DataTable
        label="Differences"
        columns={columns}
        rows={rows}
        rowKey={({ pathBytes }) => pathBytes}
        rowLink={(entry) => linkTo(entry, before, after)}
        compact={(entry) => (
          <>
            <ChangedPath entry={entry} />
            <span className={styles.second}>
              <StateBadge look={LOOKS[entry.change]} /> {sizeOf(entry.after ?? entry.before)}
            </span>
          </>
        )}
        onReachEnd={hasNextPage ? () => void fetchNextPage() : undefined}
        loadingMore={answer.isFetchingNextPage}
      />
      <p className={styles.note} role="status">
        {hasNextPage ? `${formatCount(rows.length)} differences so far` : sentenceOf(rows)}
        {hidden > 0 && `; ${formatCount(hidden)} that only differ in owner, mode or time are not shown`}.
      </p>
    </>
  );
}

function ChangedPath({ entry: { path } }: { readonly entry: DiffEntry }) {
  const cut = path.lastIndexOf('/') + 1;
  return (
    <span className={styles.changedPath}>
      <span className={styles.target}>{path.slice(0, cut)}</span>
      {path.slice(cut) || 'The top directory itself'}
    </span>
  );
}

function sizeOf(entry: DiffEntry['after']): string {
  return entry === null || entry.sizeBytes === null ? '' : formatBytes(entry.sizeBytes);
}

function sentenceOf(rows: readonly DiffEntry[]): string {
  const count = (wanted: DiffEntry['change']): number =>
    rows.filter(({ change }) => change === wanted).length;
  const parts = (['added', 'removed', 'changed', 'metadata'] as const)
    .map((change) => [count(change), LOOKS[change].word.toLowerCase()] as const)
    .filter(([many]) => many > 0)
    .map(([many, word]) => `${formatCount(many)} ${word}`);
  return parts.join(', ');
}

/** To the entry where it is: in the newer one, unless that has it no more. */
function linkTo(
  { pathBytes, before: old, after: current }: DiffEntry,
  before: SnapshotView,
  after: SnapshotView,
) {
  const key = keyOf(pathBytes);
  const isDirectory = (current ?? old)?.kind === 'directory';
  return {
    to: '/snapshots/$snapshotId',
    params: { snapshotId: current === null ? before.id : after.id },
    search: isDirectory ? { path: key || undefined } : { path: parentOf(key) || undefined, file: key },
  } as LinkProps;
}
