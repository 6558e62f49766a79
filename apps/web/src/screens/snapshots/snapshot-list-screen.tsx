import type { SnapshotView } from '@periodic-backup/contracts/http';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch, type LinkProps } from '@tanstack/react-router';
import { Archive } from 'lucide-react';
import { useMemo } from 'react';
import { apiPages, apiQuery } from '../../api/queries.js';
import { ButtonLink } from '../../design/button/button-link.js';
import { EmptyState } from '../../design/feedback/empty-state.js';
import { ErrorState } from '../../design/feedback/error-state.js';
import { SkeletonRows } from '../../design/feedback/skeleton.js';
import { Select } from '../../design/field/select.js';
import { Card } from '../../design/page/card.js';
import { Page } from '../../design/page/page.js';
import type { Column } from '../../design/table/column.js';
import { DataTable } from '../../design/table/data-table.js';
import { RelativeTime } from '../../design/time/relative-time.js';
import { countOf, formatBytes, formatCount } from '../../format/sizes.js';
import { SnapshotMarks } from './snapshot-marks.js';
import { Timeline } from './timeline.js';
import styles from './snapshot-list.module.css';

const PAGE = 200;
const ALL = '';

const columns: readonly Column<SnapshotView>[] = [
  {
    ...{ id: 'plan', header: 'Plan', width: 'minmax(9rem, 1fr)' },
    cell: ({ planFolder }) => <span className={styles.name}>{planFolder}</span>,
  },
  {
    ...{ id: 'taken', header: 'Taken', width: '8.5rem' },
    cell: ({ committedAt }) => <RelativeTime at={committedAt} show="clock" inRow />,
  },
  {
    ...{ id: 'agent', header: 'Agent', width: 'minmax(7rem, 12rem)', dropBelow: 900 },
    cell: ({ agentId }) => <span className={styles.faint}>{agentId}</span>,
  },
  {
    ...{ id: 'state', header: 'State', width: '14rem', dropBelow: 760 },
    cell: (snapshot) => <SnapshotMarks snapshot={snapshot} />,
  },
  {
    ...{ id: 'files', header: 'Files', width: '6rem', align: 'end' },
    cell: ({ counts }) => formatCount(counts.files),
  },
  {
    ...{ id: 'size', header: 'Size', width: '6rem', align: 'end' },
    cell: ({ counts }) => formatBytes(counts.bytes),
  },
  {
    ...{ id: 'new', header: 'New', width: '6rem', align: 'end', dropBelow: 1000 },
    cell: ({ counts }) => formatBytes(counts.storedBytes),
  },
];

const linkTo = ({ id }: SnapshotView): LinkProps => ({
  to: '/snapshots/$snapshotId',
  params: { snapshotId: id },
});

/** All snapshots, newest first; of one plan also on a timeline. Those of plans and agents that are gone, too. */
export function SnapshotListScreen() {
  const { plan } = useSearch({ from: '/shell/snapshots' });
  const navigate = useNavigate({ from: '/snapshots' });
  const snapshots = useInfiniteQuery(apiPages('GET /snapshots', { query: { limit: PAGE, planId: plan } }));
  const rows = useMemo(() => snapshots.data?.pages.flatMap(({ items }) => items) ?? [], [snapshots.data]);
  const onReachEnd =
    snapshots.hasNextPage && !snapshots.isFetching ? () => void snapshots.fetchNextPage() : undefined;
  const body = (): React.ReactNode => {
    if (snapshots.isError)
      return <ErrorState error={snapshots.error} onRetry={() => void snapshots.refetch()} />;
    if (snapshots.isPending) return <SkeletonRows what="snapshots" />;
    if (rows.length === 0)
      return (
        <EmptyState
          icon={Archive}
          title={plan ? 'This plan has no snapshot yet' : 'There is no snapshot yet'}
          action={
            plan ? (
              <ButtonLink to="/plans/$planId" params={{ planId: plan }}>
                Show the plan
              </ButtonLink>
            ) : (
              <ButtonLink to="/plans">Show plans</ButtonLink>
            )
          }
        >
          Every backup that is committed makes one.
        </EmptyState>
      );
    return (
      <DataTable
        label="Snapshots"
        columns={columns}
        rows={rows}
        rowKey={({ id }) => id}
        rowLink={linkTo}
        compact={(snapshot) => (
          <>
            <span className={styles.name}>{snapshot.planFolder}</span>
            <span className={styles.second}>
              <RelativeTime at={snapshot.committedAt} show="clock" inRow />
              {countOf(snapshot.counts.files, 'file')} <SnapshotMarks snapshot={snapshot} />
            </span>
          </>
        )}
        onReachEnd={onReachEnd}
        loadingMore={snapshots.isFetchingNextPage}
      />
    );
  };
  return (
    <Page title="Snapshots">
      <div className={styles.column}>
        <PlanChoice
          plan={plan}
          known={rows}
          onChange={(wanted) => void navigate({ search: { plan: wanted } })}
        />
        {plan !== undefined && rows.length > 0 && (
          <Timeline snapshots={rows} currentId={null} linkTo={linkTo} onReachEnd={onReachEnd} />
        )}
        <Card padding="none">{body()}</Card>
      </div>
    </Page>
  );
}

/** Narrows the list down to one plan. */
function PlanChoice({
  plan,
  known,
  onChange,
}: {
  readonly plan: string | undefined;
  readonly known: readonly SnapshotView[];
  readonly onChange: (plan: string | undefined) => void;
}) {
  const plans = useQuery(apiQuery('GET /plans', { query: { limit: 500, sort: 'name' } }));
  const names = new Map((plans.data?.items ?? []).map(({ id, name, agentId }) => [id, { name, agentId }]));
  // Of plans that are deleted their snapshots know the name.
  for (const { planId, planFolder, agentId } of known)
    if (!names.has(planId)) names.set(planId, { name: planFolder, agentId: `${agentId} · no plan any more` });
  return (
    <div className={styles.filter}>
      <Select
        label="Plan"
        options={[
          { id: ALL, label: 'All plans' },
          ...[...names].map(([id, { name, agentId }]) => ({ id, label: name, detail: agentId })),
        ]}
        value={plan ?? ALL}
        onChange={(wanted) => onChange(wanted === ALL ? undefined : wanted)}
      />
    </div>
  );
}
