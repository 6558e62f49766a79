import type { DirectoryUse } from '@periodic-backup/contracts/http';
import { useState } from 'react';
import { Button } from '../design/button/button.js';
import { Dialog } from '../design/dialog/dialog.js';
import { ErrorState } from '../design/feedback/error-state.js';
import { SkeletonRows } from '../design/feedback/skeleton.js';
import { DirectoryList } from './directory-list.js';
import { DirectoryPath } from './directory-path.js';
import { useDirectory } from './use-directory.js';
import styles from './directories.module.css';

export interface DirectoryDialogProps {
  readonly agentId: string;
  readonly use: DirectoryUse;
  readonly title: string;
  /** Where it opens; empty: at the allowed directories. */
  readonly start: string;
  readonly onChoose: (path: string) => void;
  readonly onClose: () => void;
}

const NOT_ALLOWED: Readonly<Record<DirectoryUse, string>> = {
  source: 'The agent may not back this up: its ALLOWED_DIRS do not hold it.',
  backup: 'The agent may not keep copies here: its BACKUP_DIRS do not hold it.',
  restore: 'The agent may not restore to here: its RESTORE_DIRS do not hold it.',
};

/** Chooses a directory of an agent's machine among those that it may use. */
export default function DirectoryDialog(props: DirectoryDialogProps) {
  const { agentId, use, title, start, onChoose, onClose } = props;
  const [path, setPath] = useState<string | null>(start.startsWith('/') ? start : null);
  const roots = useDirectory({ agentId, path: null });
  const directory = useDirectory({ agentId, path });
  const { listing } = directory;
  const fits = path !== null && !directory.isPlaceholderData && (listing?.uses.includes(use) ?? false);
  const shown = path === null ? directory.items.filter(({ uses }) => uses.includes(use)) : directory.items;
  const rootPaths = roots.items.map((root) => root.path);
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={title}
      size="large"
      actions={
        <>
          <span className={styles.chosen}>
            {path === null ? (
              'Open a directory, then choose it.'
            ) : fits || directory.isFetching || directory.isError ? (
              <code>{path}</code>
            ) : (
              NOT_ALLOWED[use]
            )}
          </span>
          <Button onPress={onClose}>Cancel</Button>
          <Button kind="primary" isDisabled={!fits} onPress={() => path !== null && onChoose(path)}>
            Choose this directory
          </Button>
        </>
      }
    >
      <div className={styles.browser}>
        <DirectoryPath path={path} roots={rootPaths} top="Allowed directories" onOpen={setPath} />
        {directory.isError ? (
          <ErrorState error={directory.error} onRetry={() => void directory.refetch()} />
        ) : directory.isPending ? (
          <SkeletonRows what={`directories of ${agentId}`} />
        ) : (
          <DirectoryList
            // A new list takes the focus of the one that was opened from.
            key={listing?.path ?? ''}
            label={path ?? `Directories that ${agentId} may use`}
            items={shown}
            onOpen={setPath}
            onUp={() => setPath(path === null || rootPaths.includes(path) ? null : (listing?.parent ?? null))}
            onMore={directory.hasNextPage ? () => void directory.fetchNextPage() : null}
            loadingMore={directory.isFetchingNextPage}
          />
        )}
      </div>
    </Dialog>
  );
}
