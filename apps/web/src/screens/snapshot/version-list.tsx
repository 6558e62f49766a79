import type { PathVersion } from '@periodic-backup/contracts/http';
import { Link } from '@tanstack/react-router';
import { Download, RotateCcw } from 'lucide-react';
import { useMay } from '../../api/use-may.js';
import { Button } from '../../design/button/button.js';
import { ButtonLink } from '../../design/button/button-link.js';
import { exactly, RelativeTime } from '../../design/time/relative-time.js';
import { countOf, formatBytes } from '../../format/sizes.js';
import { parentOf } from '../../paths/snapshot-path.js';
import { download } from './download.js';
import { hasContent, modeInLetters } from './entry-look.js';
import styles from './versions.module.css';

export interface VersionListProps {
  /** Newest first. */
  readonly versions: readonly PathVersion[];
  /** The one of the snapshot that is open. */
  readonly here: PathVersion | undefined;
  readonly file: string;
  readonly onMore?: () => void;
  readonly loadingMore: boolean;
}

/** What a path was, each with the way to it. */
export function VersionList({ versions, here, file, onMore, loadingMore }: VersionListProps) {
  const mayRestore = useMay('restore');
  return (
    <ol className={styles.list}>
      {versions.map((version, index) => {
        const { entry, from, to, snapshots } = version;
        const when = exactly(to.committedAt);
        return (
          <li key={to.id} className={styles.version} data-here={version === here}>
            <div className={styles.words}>
              <Link
                to="/snapshots/$snapshotId"
                params={{ snapshotId: to.id }}
                search={{ path: parentOf(file) || undefined, file }}
                className={styles.when}
                aria-current={version === here ? 'true' : undefined}
              >
                <RelativeTime at={from.committedAt} show="clock" inRow />
                {snapshots > 1 && (
                  <>
                    {' to '}
                    <RelativeTime at={to.committedAt} show="clock" inRow />
                  </>
                )}
              </Link>
              <span className={styles.detail}>
                {countOf(snapshots, 'snapshot')}
                {entry.sizeBytes !== null && ` · ${formatBytes(entry.sizeBytes)}`} ·{' '}
                {changeOf(version, versions[index + 1])}
                {version === here && ' · open now'}
              </span>
            </div>
            {mayRestore && (
              <div className={styles.buttons}>
                {hasContent(entry) && (
                  <Button
                    kind="quiet"
                    size="small"
                    icon={Download}
                    aria-label={`Download the version of ${when}`}
                    onPress={() => void download({ snapshotId: to.id, keys: [file] })}
                  />
                )}
                <ButtonLink
                  to="/restore"
                  search={{ snapshot: to.id, path: [file] }}
                  kind="quiet"
                  size="small"
                  icon={RotateCcw}
                  aria-label={`Restore the version of ${when}`}
                />
              </div>
            )}
          </li>
        );
      })}
      {onMore && (
        <li className={styles.more}>
          <Button size="small" pending={loadingMore} onPress={onMore}>
            Show older ones
          </Button>
        </li>
      )}
    </ol>
  );
}

/** What made it another one than the version before. */
function changeOf({ entry }: PathVersion, before: PathVersion | undefined): string {
  if (!before) return 'first seen';
  const old = before.entry;
  if (entry.kind !== old.kind) return `was a ${old.kind}`;
  if (entry.digest !== old.digest) return 'new content';
  if (entry.target !== old.target) return 'leads elsewhere';
  if (entry.mode !== old.mode) return `mode was ${modeInLetters(old.mode)}`;
  if (entry.uid !== old.uid || entry.gid !== old.gid) return 'another owner';
  if (entry.kind === 'directory') return 'something in it was added or removed';
  return 'same content, another time';
}
