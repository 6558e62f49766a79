import { Download, RotateCcw, X } from 'lucide-react';
import { Button } from '../../design/button/button.js';
import { ButtonLink } from '../../design/button/button-link.js';
import { Menu } from '../../design/menu/menu.js';
import { countOf } from '../../format/sizes.js';
import { download } from './download.js';
import type { Choice } from './use-choice.js';
import { useMay } from '../../api/use-may.js';
import styles from './snapshot.module.css';

/** What can be done with what is ticked. Not there while nothing is. */
export function ChoiceBar({ snapshotId, choice }: { readonly snapshotId: string; readonly choice: Choice }) {
  const mayRestore = useMay('restore');
  const keys = [...choice.chosen.keys()];
  if (keys.length === 0) return null;
  const names = [...choice.chosen.values()];
  return (
    <div className={styles.choiceBar} role="region" aria-label="Chosen files">
      <p className={styles.choiceWords}>
        <strong>{countOf(keys.length, 'item')} chosen</strong> <span>{names.slice(0, 5).join(', ')}</span>
      </p>
      <div className={styles.choiceButtons}>
        {mayRestore && (
          <>
            <ButtonLink
              to="/restore"
              search={{ snapshot: snapshotId, path: keys }}
              kind="primary"
              icon={RotateCcw}
            >
              Restore
            </ButtonLink>
            <Menu
              label="Download as"
              trigger={<Button icon={Download}>Download</Button>}
              actions={[
                {
                  ...{ id: 'zip', label: 'As zip' },
                  onAction: () => void download({ snapshotId, keys, format: 'zip' }),
                },
                {
                  ...{ id: 'tar', label: 'As tar, with owners and modes' },
                  onAction: () => void download({ snapshotId, keys, format: 'tar' }),
                },
              ]}
            />
          </>
        )}
        <Button kind="quiet" icon={X} aria-label="Choose nothing" onPress={choice.clear} />
      </div>
    </div>
  );
}
