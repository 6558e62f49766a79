import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { Archive, ShieldX } from 'lucide-react';
import { apiPages, apiQuery } from '../../api/queries.js';
import { useMay } from '../../api/use-may.js';
import { ButtonLink } from '../../design/button/button-link.js';
import { EmptyState } from '../../design/feedback/empty-state.js';
import { ErrorState } from '../../design/feedback/error-state.js';
import { SkeletonRows } from '../../design/feedback/skeleton.js';
import { Page } from '../../design/page/page.js';
import { PlanPicker } from './plan-picker.js';
import { RestoreForm } from './restore-form.js';

/** Brings files back: from which snapshot, where to, and what happens to what is there. */
export function RestoreScreen() {
  const mayRestore = useMay('restore');
  const { plan, snapshot, path } = useSearch({ from: '/shell/restore' });
  if (!mayRestore)
    return (
      <Page title="Restore">
        <EmptyState
          icon={ShieldX}
          title="You have no right to restore"
          action={<ButtonLink to="/snapshots">Show snapshots</ButtonLink>}
        >
          An administrator can grant it to you.
        </EmptyState>
      </Page>
    );
  if (snapshot !== undefined) return <OfSnapshot snapshotId={snapshot} paths={path ?? []} />;
  if (plan !== undefined) return <OfNewest planId={plan} paths={path ?? []} />;
  return <PlanPicker />;
}

function OfSnapshot({
  snapshotId,
  paths,
}: {
  readonly snapshotId: string;
  readonly paths: readonly string[];
}) {
  const answer = useQuery({
    ...apiQuery('GET /snapshots/{id}', { params: { id: snapshotId } }),
    placeholderData: (before) => before,
  });
  if (answer.isSuccess && answer.data.removedAt === null)
    // What was filled in stays while another snapshot of the same plan is chosen.
    return <RestoreForm key={answer.data.planId} snapshot={answer.data} paths={paths} />;
  return (
    <Page title="Restore" parent={<Link to="/snapshots">Snapshots</Link>}>
      {answer.isError ? (
        <ErrorState error={answer.error} onRetry={() => void answer.refetch()} />
      ) : answer.isSuccess ? (
        <EmptyState
          icon={Archive}
          title="This snapshot was removed"
          action={
            <ButtonLink to="/restore" search={{ plan: answer.data.planId, path: paths }}>
              Take the newest one
            </ButtonLink>
          }
        />
      ) : (
        <SkeletonRows what="the snapshot" />
      )}
    </Page>
  );
}

function OfNewest({ planId, paths }: { readonly planId: string; readonly paths: readonly string[] }) {
  const answer = useInfiniteQuery(apiPages('GET /snapshots', { query: { planId, limit: 500 } }));
  const newest = answer.data?.pages[0]?.items[0];
  if (newest) return <RestoreForm key={planId} snapshot={newest} paths={paths} />;
  return (
    <Page title="Restore">
      {answer.isError ? (
        <ErrorState error={answer.error} onRetry={() => void answer.refetch()} />
      ) : answer.isPending ? (
        <SkeletonRows what="the newest snapshot" />
      ) : (
        <EmptyState
          icon={Archive}
          title="This plan has no snapshot yet"
          action={
            <ButtonLink to="/plans/$planId" params={{ planId }}>
              Show the plan
            </ButtonLink>
          }
        >
          Its first backup makes one.
        </EmptyState>
      )}
    </Page>
  );
}
