import type { RestoreRequest, SnapshotView } from '@periodic-backup/contracts/http';
import { RotateCcw, ScanSearch } from 'lucide-react';
import { Button } from '../../design/button/button.js';
import { Callout } from '../../design/feedback/callout.js';
import { Copyable } from '../../design/layout/copyable.js';
import { Card } from '../../design/page/card.js';
import { exactly } from '../../design/time/relative-time.js';
import { countOf } from '../../format/sizes.js';
import { restoreCommand } from './restore-command.js';
import styles from './restore.module.css';

export interface ReviewPanelProps {
  readonly snapshot: SnapshotView;
  /** As text. */
  readonly paths: readonly string[];
  readonly draft: RestoreRequest;
  readonly problem: string | null;
  readonly pending: 'check' | 'restore' | null;
  readonly onRestore: () => void;
}

/** The restore in plain words, and the buttons. */
export function ReviewPanel({ snapshot, paths, draft, problem, pending, onRestore }: ReviewPanelProps) {
  const { agentId = snapshot.agentId, destination, inPlace, conflict } = draft;
  const what =
    paths.length === 0 ? 'Everything' : paths.length === 1 ? paths[0] : countOf(paths.length, 'chosen path');
  return (
    <div className={styles.aside}>
      <Card title="In plain words">
        <div className={styles.fields}>
          <p className={styles.plain}>
            <strong>{what}</strong> as it was {exactly(snapshot.committedAt)}, to{' '}
            <strong>{inPlace ? 'where it came from' : destination || '…'}</strong> on{' '}
            <strong>{agentId}</strong>. {SENTENCES[conflict]}
          </p>
          {problem && <Callout tone="bad">{problem}</Callout>}
          <div className={styles.buttons}>
            <Button
              type="submit"
              icon={ScanSearch}
              pending={pending === 'check'}
              isDisabled={pending !== null}
            >
              Check first
            </Button>
            <Button
              kind="primary"
              icon={RotateCcw}
              pending={pending === 'restore'}
              isDisabled={pending !== null}
              onPress={onRestore}
            >
              Restore
            </Button>
          </div>
          <p className={styles.words}>
            The check is a dry run on {agentId}: it says what would happen and changes nothing.
          </p>
          <Copyable text={restoreCommand(snapshot.id, paths, draft)} label="as a command" />
        </div>
      </Card>
    </div>
  );
}

const SENTENCES: Readonly<Record<RestoreRequest['conflict'], string>> = {
  fail: 'If anything is in the way, nothing is restored.',
  skip: 'What is there already stays as it is.',
  rename: 'What is in the way stays; the restored file stands beside it under another name.',
  overwrite: 'What is in the way is replaced.',
};
