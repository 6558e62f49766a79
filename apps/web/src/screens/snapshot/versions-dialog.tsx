import type { PathVersion, SnapshotView } from '@periodic-backup/contracts/http';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Download, FolderArchive, RotateCcw } from 'lucide-react';
import { useMay } from '../../api/use-may.js';
import { apiPages } from '../../api/queries.js';
import { Button } from '../../design/button/button.js';
import { ButtonLink } from '../../design/button/button-link.js';
import { Dialog } from '../../design/dialog/dialog.js';
import { Callout } from '../../design/feedback/callout.js';
import { ErrorState } from '../../design/feedback/error-state.js';
import { SkeletonRows } from '../../design/feedback/skeleton.js';
import { nameOf, parentOf, textOf } from '../../paths/snapshot-path.js';
import { download } from './download.js';
import { EntryFacts } from './entry-facts.js';
import { hasContent } from './entry-look.js';
import { VersionList } from './version-list.js';
import styles from './versions.module.css';

export interface VersionsDialogProps {
  readonly snapshot: SnapshotView;
  /** Key of the path. */
  readonly file: string;
  readonly onClose: () => void;
}

/** One path: what it is in this snapshot, and what it was in all others of the plan. */
export function VersionsDialog({ snapshot, file, onClose }: VersionsDialogProps) {
  const mayRestore = useMay('restore');
  const history = useInfiniteQuery(
    apiPages('GET /plans/{id}/history', {
      params: { id: snapshot.planId },
      query: { limit: 50, ...(file === '' ? {} : { pathBytes: file }) },
    }),
  );
  const versions = joined(history.data?.pages.flatMap(({ items }) => items) ?? []);
  const skipped = history.data?.pages.flatMap((page) => page.skipped) ?? [];
  const here = versions.find((version) => isOf(version, snapshot));
  const isDirectory = (here ?? versions[0])?.entry.kind === 'directory';
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={nameOf(file) || 'The whole snapshot'}
      size="large"
      actions={
        here &&
        mayRestore && (
          <>
            {isDirectory ? (
              <Button
                icon={FolderArchive}
                onPress={() => void download({ snapshotId: snapshot.id, keys: [file], format: 'zip' })}
              >
                Download as zip
              </Button>
            ) : (
              hasContent(here.entry) && (
                <Button
                  icon={Download}
                  onPress={() => void download({ snapshotId: snapshot.id, keys: [file] })}
                >
                  Download
                </Button>
              )
            )}
            <ButtonLink
              to="/restore"
              search={{ snapshot: snapshot.id, path: [file] }}
              kind="primary"
              icon={RotateCcw}
            >
              Restore
            </ButtonLink>
          </>
        )
      }
    >
      <div className={styles.body}>
        {parentOf(file) !== '' && <p className={styles.where}>{textOf(file)}</p>}
        {history.isError ? (
          <ErrorState error={history.error} onRetry={() => void history.refetch()} />
        ) : history.isPending ? (
          <SkeletonRows what="versions" rows={5} />
        ) : (
          <>
            {here ? (
              <EntryFacts entry={here.entry} />
            ) : (
              <Callout tone="idle">
                {versions.length === 0
                  ? 'No snapshot of the plan holds this path.'
                  : 'The snapshot that is open does not hold it; those below do.'}
              </Callout>
            )}
            {versions.length > 0 && (
              <section aria-label="Versions">
                <h3 className={styles.title}>Versions, newest first</h3>
                <VersionList
                  versions={versions}
                  here={here}
                  file={file}
                  {...(history.hasNextPage ? { onMore: () => void history.fetchNextPage() } : {})}
                  loadingMore={history.isFetchingNextPage}
                />
              </section>
            )}
            {skipped.length > 0 && (
              <Callout tone="warn" title="Some snapshots could not be looked into">
                {skipped[0]!.reason}
              </Callout>
            )}
          </>
        )}
      </div>
    </Dialog>
  );
}

function isOf({ from, to }: PathVersion, { committedAt }: SnapshotView): boolean {
  return from.committedAt <= committedAt && committedAt <= to.committedAt;
}

/** A version that goes on over the end of a page comes in two parts. */
function joined(versions: readonly PathVersion[]): PathVersion[] {
  const whole: PathVersion[] = [];
  for (const version of versions) {
    const newer = whole.at(-1);
    if (newer && sameEntry(newer, version) && newer.from.id !== version.to.id)
      whole[whole.length - 1] = {
        ...newer,
        from: version.from,
        snapshots: newer.snapshots + version.snapshots,
      };
    else whole.push(version);
  }
  return whole;
}

function sameEntry({ entry: a }: PathVersion, { entry: b }: PathVersion): boolean {
  return (
    a.digest === b.digest &&
    a.mtimeNs === b.mtimeNs &&
    a.mode === b.mode &&
    a.uid === b.uid &&
    a.gid === b.gid
  );
}
