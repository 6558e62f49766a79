import type { SnapshotView } from '@periodic-backup/contracts/http';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch, type LinkProps } from '@tanstack/react-router';
import { ArrowLeftRight } from 'lucide-react';
import { apiQuery } from '../../api/queries.js';
import { Button } from '../../design/button/button.js';
import { Select } from '../../design/field/select.js';
import { Switch } from '../../design/field/switch.js';
import { Callout } from '../../design/feedback/callout.js';
import { ErrorState } from '../../design/feedback/error-state.js';
import { SkeletonRows } from '../../design/feedback/skeleton.js';
import { Card } from '../../design/page/card.js';
import { Page } from '../../design/page/page.js';
import { exactly } from '../../design/time/relative-time.js';
import { countOf, formatBytes } from '../../format/sizes.js';
import { usePlanSnapshots } from '../snapshots/use-plan-snapshots.js';
import { ChangeList } from './change-list.js';
import { PathBar } from './path-bar.js';
import styles from './snapshot.module.css';

/** What differs between two snapshots. */
export function CompareScreen() {
  const { snapshotId, otherId } = useParams({ from: '/shell/snapshots/$snapshotId/compare/$otherId' });
  const before = useSnapshot(snapshotId);
  const after = useSnapshot(otherId);
  const failed = [before, after].find(({ isError }) => isError);
  if (before.data && after.data && !failed) return <Comparison before={before.data} after={after.data} />;
  return (
    <Page title="Compare snapshots" parent={<Link to="/snapshots">Snapshots</Link>}>
      {failed ? (
        <ErrorState error={failed.error} onRetry={() => void failed.refetch()} />
      ) : (
        <SkeletonRows what="the snapshots" />
      )}
    </Page>
  );
}

function useSnapshot(id: string) {
  return useQuery({
    ...apiQuery('GET /snapshots/{id}', { params: { id } }),
    placeholderData: (before) => before,
  });
}

function Comparison({ before, after }: { readonly before: SnapshotView; readonly after: SnapshotView }) {
  const { path = '', meta = false } = useSearch({ from: '/shell/snapshots/$snapshotId/compare/$otherId' });
  const navigate = useNavigate({ from: '/snapshots/$snapshotId/compare/$otherId' });
  const oldest = before.committedAt < after.committedAt ? before : after;
  const { snapshots } = usePlanSnapshots(after.planId, oldest);
  // Of two plans each is but itself.
  const all = [...snapshots, ...[before, after].filter(({ id }) => snapshots.every((one) => one.id !== id))];
  const options = all.map(({ id, committedAt, counts, planFolder }) => ({
    id,
    label: exactly(committedAt),
    detail: `${planFolder} · ${countOf(counts.files, 'file')}, ${formatBytes(counts.bytes)}`,
  }));
  const goTo = (snapshotId: string, otherId: string): void =>
    void navigate({ params: { snapshotId, otherId }, search: (search) => search, replace: true });
  const toPath = (key: string): LinkProps =>
    ({
      to: '/snapshots/$snapshotId/compare/$otherId',
      params: { snapshotId: before.id, otherId: after.id },
      search: { meta: meta || undefined, path: key || undefined },
    }) as LinkProps;
  return (
    <Page
      title={`Compare ${after.planFolder}`}
      parent={
        <Link
          to="/snapshots/$snapshotId"
          params={{ snapshotId: after.id }}
          search={{ path: path || undefined }}
        >
          Snapshot of {after.planFolder}
        </Link>
      }
    >
      <div className={styles.column}>
        <Card>
          <div className={styles.pair}>
            <Select
              label="Before"
              options={options}
              value={before.id}
              onChange={(id) => goTo(id, after.id)}
            />
            <Button
              icon={ArrowLeftRight}
              aria-label="Change places"
              onPress={() => goTo(after.id, before.id)}
            />
            <Select label="After" options={options} value={after.id} onChange={(id) => goTo(before.id, id)} />
          </div>
        </Card>
        {before.committedAt > after.committedAt && (
          <Callout tone="warn">
            The second is older than the first: what was added since stands here as removed.
          </Callout>
        )}
        <Card padding="none">
          <div className={styles.toolbar}>
            <PathBar path={path} linkTo={toPath} />
            <Switch
              isSelected={meta}
              onChange={(shown) =>
                void navigate({
                  search: (search) => ({ ...search, meta: shown || undefined }),
                  replace: true,
                })
              }
            >
              Owner, mode and time too
            </Switch>
          </div>
          <ChangeList before={before} after={after} path={path} withMetadata={meta} />
        </Card>
      </div>
    </Page>
  );
}
