import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { ArrowUp, History, SearchX } from 'lucide-react';
import { useMemo } from 'react';
import { apiPages } from '../../api/queries.js';
import { Button } from '../../design/button/button.js';
import { ButtonLink } from '../../design/button/button-link.js';
import { EmptyState } from '../../design/feedback/empty-state.js';
import { ErrorState } from '../../design/feedback/error-state.js';
import { SkeletonRows } from '../../design/feedback/skeleton.js';
import { Card } from '../../design/page/card.js';
import { Page } from '../../design/page/page.js';
import { DataTable } from '../../design/table/data-table.js';
import { countOf } from '../../format/sizes.js';
import { CompactRun, runColumns } from './run-columns.js';
import { RunFilters } from './run-filters.js';
import { useLiveRows } from './use-live-rows.js';
import { useNewRuns } from './use-new-runs.js';
import styles from './run-list.module.css';

const PAGE = 100;

/** All runs or those that fit, newest first. */
export function RunListScreen() {
  const { state, kind, plan, agent } = useSearch({ from: '/shell/runs' });
  const client = useQueryClient();
  const wanted = apiPages('GET /runs', {
    query: { limit: PAGE, state, kind, planId: plan, agentId: agent },
  });
  const key = JSON.stringify(wanted.queryKey);
  const queryKey = useMemo(() => JSON.parse(key) as readonly unknown[], [key]);
  const runs = useInfiniteQuery({ ...wanted, staleTime: Infinity, refetchOnMount: 'always' });
  const rows = useMemo(() => runs.data?.pages.flatMap(({ items }) => items) ?? [], [runs.data]);
  useLiveRows(queryKey);
  const [news, forgetNews] = useNewRuns(useMemo(() => new Set(rows.map(({ id }) => id)), [rows]));
  const filtered = [state, kind, plan, agent].some((filter) => filter !== undefined);
  const showNews = (): void => {
    forgetNews();
    void client.resetQueries({ queryKey: wanted.queryKey, exact: true });
    window.scrollTo({ top: 0 });
  };
  const body = (): React.ReactNode => {
    if (runs.isError) return <ErrorState error={runs.error} onRetry={() => void runs.refetch()} />;
    if (runs.isPending) return <SkeletonRows what="runs" />;
    if (rows.length === 0 && filtered)
      return (
        <EmptyState
          icon={SearchX}
          title="No run fits"
          action={
            <ButtonLink to="/runs" search={{}}>
              Show all runs
            </ButtonLink>
          }
        />
      );
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
        columns={runColumns}
        rows={rows}
        rowKey={({ id }) => id}
        rowLink={({ id }) => ({ to: '/runs/$runId', params: { runId: id } })}
        compact={(run) => <CompactRun run={run} />}
        onReachEnd={runs.hasNextPage ? () => void runs.fetchNextPage() : undefined}
        loadingMore={runs.isFetchingNextPage}
      />
    );
  };
  return (
    <Page title="Runs">
      <RunFilters />
      <Card padding="none">
        {/* What was heard of may not fit the filter: then nobody is told of it. */}
        {!filtered && news > 0 && (
          <div className={styles.news} role="status">
            <Button size="small" icon={ArrowUp} onPress={showNews}>
              Show {countOf(news, 'new run')}
            </Button>
          </div>
        )}
        {body()}
      </Card>
    </Page>
  );
}
