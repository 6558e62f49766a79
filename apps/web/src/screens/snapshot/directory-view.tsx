import type { EntryView } from '@periodic-backup/contracts/http';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch, type LinkProps } from '@tanstack/react-router';
import { FolderOpen } from 'lucide-react';
import { useMemo } from 'react';
import { isStatus } from '../../api/problems.js';
import { apiPages } from '../../api/queries.js';
import { Button } from '../../design/button/button.js';
import { EmptyState } from '../../design/feedback/empty-state.js';
import { ErrorState } from '../../design/feedback/error-state.js';
import { SkeletonRows } from '../../design/feedback/skeleton.js';
import { keyOf, parentOf } from '../../paths/snapshot-path.js';
import { EntryTable } from './entry-table.js';
import type { EntrySort } from './snapshot-search.js';
import type { Choice } from './use-choice.js';
import styles from './snapshot.module.css';

const PAGE = 500;

/** The open directory of a snapshot, page by page as one scrolls. */
export function DirectoryView({
  snapshotId,
  choice,
}: {
  readonly snapshotId: string;
  readonly choice: Choice;
}) {
  const { path = '', sort = 'name', order = 'asc' } = useSearch({ from: '/shell/snapshots/$snapshotId' });
  const navigate = useNavigate({ from: '/snapshots/$snapshotId' });
  const answer = useInfiniteQuery({
    ...apiPages('GET /snapshots/{id}/entries', {
      params: { id: snapshotId },
      query: { limit: PAGE, sort, order, ...(path === '' ? {} : { pathBytes: path }) },
    }),
    // A snapshot never changes.
    staleTime: Infinity,
    placeholderData: keepPreviousData,
  });
  const entries = useMemo(() => answer.data?.pages.flatMap(({ items }) => items) ?? [], [answer.data]);
  const linkTo = (entry: EntryView): LinkProps => {
    const key = keyOf(entry.pathBytes);
    return {
      to: '/snapshots/$snapshotId',
      params: { snapshotId },
      search: entry.kind === 'directory' ? { path: key, sort, order } : { path, sort, order, file: key },
    } as LinkProps;
  };
  const goTo = (key: string): void =>
    void navigate({ search: (search) => ({ ...search, path: key === '' ? undefined : key }) });
  const sortBy = (by: EntrySort, descending: boolean): void =>
    void navigate({
      search: (search) => ({
        ...search,
        sort: by === 'name' ? undefined : by,
        order: descending ? 'desc' : undefined,
      }),
      replace: true,
    });
  if (answer.isError && sort !== 'name' && isStatus(answer.error, 422))
    return (
      <EmptyState
        icon={FolderOpen}
        title="There is too much in this directory to sort it"
        action={<Button onPress={() => sortBy('name', false)}>Show it by name</Button>}
      >
        {answer.error.message}
      </EmptyState>
    );
  if (answer.isError && isStatus(answer.error, 404) && path !== '')
    return (
      <EmptyState
        icon={FolderOpen}
        title="This directory is not in this snapshot"
        action={<Button onPress={() => goTo('')}>Show the whole snapshot</Button>}
      >
        Choose another snapshot above: the path stays.
      </EmptyState>
    );
  if (answer.isError) return <ErrorState error={answer.error} onRetry={() => void answer.refetch()} />;
  if (answer.isPending) return <SkeletonRows what="files" rows={10} />;
  if (entries.length === 0)
    return (
      <EmptyState
        icon={FolderOpen}
        title="There is nothing in here"
        {...(path === ''
          ? {}
          : { action: <Button onPress={() => goTo(parentOf(path))}>Go up one directory</Button> })}
      />
    );
  return (
    <div className={answer.isPlaceholderData ? styles.stale : undefined} aria-busy={answer.isPlaceholderData}>
      <EntryTable
        snapshotId={snapshotId}
        path={path}
        entries={entries}
        choice={choice}
        sorting={{
          by: sort,
          descending: order === 'desc',
          onSort: (by, descending) => sortBy(by as EntrySort, descending),
        }}
        linkTo={linkTo}
        onUp={() => path !== '' && goTo(parentOf(path))}
        onReachEnd={answer.hasNextPage ? () => void answer.fetchNextPage() : undefined}
        loadingMore={answer.isFetchingNextPage}
      />
    </div>
  );
}
