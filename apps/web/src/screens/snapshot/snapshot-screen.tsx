import type { SnapshotView } from '@periodic-backup/contracts/http';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch, type LinkProps } from '@tanstack/react-router';
import { History, Trash2 } from 'lucide-react';
import { apiQuery } from '../../api/queries.js';
import { Button } from '../../design/button/button.js';
import { ButtonLink } from '../../design/button/button-link.js';
import { Callout } from '../../design/feedback/callout.js';
import { EmptyState } from '../../design/feedback/empty-state.js';
import { ErrorState } from '../../design/feedback/error-state.js';
import { SkeletonRows } from '../../design/feedback/skeleton.js';
import { Card } from '../../design/page/card.js';
import { Page } from '../../design/page/page.js';
import { exactly, RelativeTime } from '../../design/time/relative-time.js';
import { countOf, formatBytes } from '../../format/sizes.js';
import { SnapshotMarks } from '../snapshots/snapshot-marks.js';
import { Timeline } from '../snapshots/timeline.js';
import { usePlanSnapshots } from '../snapshots/use-plan-snapshots.js';
import { ChoiceBar } from './choice-bar.js';
import { DirectoryView } from './directory-view.js';
import { FindField } from './find-field.js';
import { PathBar } from './path-bar.js';
import { SearchView } from './search-view.js';
import { SnapshotActions } from './snapshot-actions.js';
import { useChoice } from './use-choice.js';
import { VersionsDialog } from './versions-dialog.js';
import styles from './snapshot.module.css';

/** The files of a plan through time: a snapshot on a timeline, and what it holds. */
export function SnapshotScreen() {
  const { snapshotId } = useParams({ from: '/shell/snapshots/$snapshotId' });
  const answer = useQuery({
    ...apiQuery('GET /snapshots/{id}', { params: { id: snapshotId } }),
    // Going from one snapshot to the next, the screen stays.
    placeholderData: (before) => before,
  });
  if (answer.isSuccess) return <LoadedSnapshot snapshot={answer.data} />;
  return (
    <Page title="Snapshot" parent={<Link to="/snapshots">Snapshots</Link>}>
      {answer.isError ? (
        <ErrorState error={answer.error} onRetry={() => void answer.refetch()} />
      ) : (
        <SkeletonRows what="the snapshot" />
      )}
    </Page>
  );
}

function LoadedSnapshot({ snapshot }: { readonly snapshot: SnapshotView }) {
  const { planId, planFolder, agentId, committedAt, counts, removedAt, damages } = snapshot;
  const search = useSearch({ from: '/shell/snapshots/$snapshotId' });
  const navigate = useNavigate({ from: '/snapshots/$snapshotId' });
  const timeline = usePlanSnapshots(planId, snapshot);
  const choice = useChoice(planId);
  const { path, find, file } = search;
  const here = timeline.snapshots.findIndex(({ id }) => id === snapshot.id);
  const toPath = (key: string): LinkProps =>
    ({
      to: '/snapshots/$snapshotId',
      params: { snapshotId: snapshot.id },
      search: { ...search, path: key || undefined, find: undefined, file: undefined },
    }) as LinkProps;
  const toSnapshot = ({ id }: SnapshotView): LinkProps =>
    ({ to: '/snapshots/$snapshotId', params: { snapshotId: id }, search: { ...search } }) as LinkProps;
  return (
    <Page
      title={planFolder}
      badge={<SnapshotMarks snapshot={snapshot} kind="soft" />}
      parent={
        <span className={styles.parent}>
          <Link to="/snapshots" search={{ plan: planId }}>
            Snapshots
          </Link>
          <span>of {agentId}</span>
        </span>
      }
      subtitle={
        <span className={styles.facts}>
          <RelativeTime at={committedAt} show="clock" />
          <span>{countOf(counts.files, 'file')}</span>
          <span>{formatBytes(counts.bytes)}</span>
          <span>{formatBytes(counts.storedBytes)} new</span>
        </span>
      }
      actions={
        removedAt === null && (
          <SnapshotActions
            snapshot={snapshot}
            before={here < 0 ? undefined : timeline.snapshots[here + 1]}
            path={path}
          />
        )
      }
    >
      <div className={styles.column}>
        {timeline.snapshots.length > 0 && (
          <Timeline
            snapshots={timeline.snapshots}
            currentId={snapshot.id}
            linkTo={toSnapshot}
            onReachEnd={
              timeline.hasNextPage && !timeline.isFetching ? () => void timeline.fetchNextPage() : undefined
            }
          />
        )}
        {damages.length > 0 && (
          <Callout tone="bad" title="A verification found damage in this snapshot">
            {damages.slice(0, 3).map(({ path: place, what }) => (
              <p key={`${place} ${what}`}>
                {place ?? 'Its list of files'}: {what}
              </p>
            ))}
            {damages.length > 3 && <p>And {countOf(damages.length - 3, 'more place')}.</p>}
          </Callout>
        )}
        {removedAt !== null ? (
          <EmptyState
            icon={Trash2}
            title="This snapshot was removed"
            action={
              timeline.snapshots[0] && (
                <ButtonLink to="/snapshots/$snapshotId" params={{ snapshotId: timeline.snapshots[0].id }}>
                  Show the newest of the plan
                </ButtonLink>
              )
            }
          >
            Its plan&rsquo;s retention let it go: {exactly(removedAt)}.
          </EmptyState>
        ) : (
          <Card padding="none">
            <div className={styles.toolbar}>
              <PathBar path={find === undefined ? (path ?? '') : ''} linkTo={toPath} />
              <div className={styles.tools}>
                {path !== undefined && find === undefined && (
                  <Button
                    kind="quiet"
                    icon={History}
                    aria-label="Details and versions of this directory"
                    onPress={() => void navigate({ search: (before) => ({ ...before, file: path }) })}
                  />
                )}
                <FindField
                  find={find}
                  onFind={(wanted) =>
                    void navigate({ search: (before) => ({ ...before, find: wanted }), replace: true })
                  }
                />
              </div>
            </div>
            {find === undefined ? (
              <DirectoryView snapshotId={snapshot.id} choice={choice} />
            ) : (
              <SearchView snapshot={snapshot} find={find} />
            )}
          </Card>
        )}
        <ChoiceBar snapshotId={snapshot.id} choice={choice} />
      </div>
      {file !== undefined && (
        <VersionsDialog
          snapshot={snapshot}
          file={file}
          onClose={() => void navigate({ search: (before) => ({ ...before, file: undefined }) })}
        />
      )}
    </Page>
  );
}
