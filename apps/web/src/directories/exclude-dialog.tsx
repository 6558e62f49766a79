import type { DirectoryItem } from '@periodic-backup/contracts/http';
import { useState } from 'react';
import { Button } from '../design/button/button.js';
import { Dialog } from '../design/dialog/dialog.js';
import { ErrorState } from '../design/feedback/error-state.js';
import { SkeletonRows } from '../design/feedback/skeleton.js';
import { DirectoryList } from './directory-list.js';
import { DirectoryPath } from './directory-path.js';
import { excludeOf, isWithin } from './path-parts.js';
import { useDirectory } from './use-directory.js';
import styles from './directories.module.css';

export interface ExcludeDialogProps {
  readonly agentId: string;
  readonly sourceDir: string;
  readonly rules: readonly string[];
  readonly onAdd: (rule: string) => void;
  readonly onRemove: (rule: string) => void;
  readonly onClose: () => void;
}

/** Shows the source with the excludes applied: what is left out and by which rule; leaves more out at a press. */
export default function ExcludeDialog(props: ExcludeDialogProps) {
  const { agentId, sourceDir, rules, onAdd, onRemove, onClose } = props;
  const [path, setPath] = useState(sourceDir);
  const directory = useDirectory({ agentId, path, excludes: { sourceDir, rules } });
  const open = (wanted: string | null): void =>
    setPath(wanted !== null && isWithin(wanted, sourceDir) ? wanted : sourceDir);
  const action = (item: DirectoryItem): React.ReactNode => {
    const own = excludeOf(item.path, sourceDir, item.kind === 'directory');
    if (rules.includes(own))
      return (
        <Button
          kind="quiet"
          size="small"
          onPress={() => onRemove(own)}
          aria-label={`Take ${item.name} in again`}
        >
          Take in again
        </Button>
      );
    if (item.excludedBy !== null || !item.isText) return null;
    return (
      <Button kind="quiet" size="small" onPress={() => onAdd(own)} aria-label={`Leave ${item.name} out`}>
        Leave out
      </Button>
    );
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="Choose what is left out"
      size="large"
      actions={
        <Button kind="primary" onPress={onClose}>
          Done
        </Button>
      }
    >
      <div className={styles.browser}>
        <DirectoryPath path={path} roots={[sourceDir]} onOpen={open} />
        {directory.isError ? (
          <ErrorState error={directory.error} onRetry={() => void directory.refetch()} />
        ) : directory.isPending ? (
          <SkeletonRows what={sourceDir} />
        ) : (
          <DirectoryList
            key={directory.listing?.path ?? ''}
            label={path}
            items={directory.items}
            onOpen={open}
            onUp={() => open(directory.listing?.parent ?? null)}
            onMore={directory.hasNextPage ? () => void directory.fetchNextPage() : null}
            loadingMore={directory.isFetchingNextPage}
            ruleAt={(index) => rules[index]}
            action={action}
          />
        )}
      </div>
    </Dialog>
  );
}
