import type { SnapshotView } from '@periodic-backup/contracts/http';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { apiPages } from '../../api/queries.js';

const PAGE = 500;

/** Snapshots of a plan, newest first. @param until the one that must be among them: so many pages are read at once */
export function usePlanSnapshots(planId: string, until: SnapshotView | null) {
  const answer = useInfiniteQuery(apiPages('GET /snapshots', { query: { planId, limit: PAGE } }));
  const { data, hasNextPage, isFetching, fetchNextPage } = answer;
  const snapshots = useMemo(() => data?.pages.flatMap(({ items }) => items) ?? [], [data]);
  const oldest = snapshots.at(-1);
  const isMissing = until !== null && oldest !== undefined && oldest.committedAt > until.committedAt;
  useEffect(() => {
    if (isMissing && hasNextPage && !isFetching) void fetchNextPage();
  }, [isMissing, hasNextPage, isFetching, fetchNextPage]);
  return { ...answer, snapshots };
}
