import type { AfterTransmit } from '@periodic-backup/contracts/http';
import { Copy, FolderInput, FolderOutput } from 'lucide-react';
import { describing } from '../../design/field/field-warning.js';
import { RadioCards } from '../../design/field/radio-cards.js';
import { Card } from '../../design/page/card.js';
import { DirectoryField } from '../../directories/directory-field.js';
import { FieldPlace } from './field-place.js';
import type { PlanForm } from './use-plan-form.js';
import styles from './plan-form.module.css';

const CARDS = [
  {
    ...{ value: 'keep', label: 'Keep', icon: FolderInput },
    description: 'The files stay where they are. Nothing at the source is touched.',
  },
  {
    ...{ value: 'copy', label: 'Copy', icon: Copy },
    description: 'Each file that was sent is copied to a backup directory of the agent, too.',
  },
  {
    ...{ value: 'move', label: 'Move', icon: FolderOutput },
    description: 'Each file that was sent is moved out of the source, to a backup directory of the agent.',
  },
];

/** What becomes of the files at the source once they are safe. */
export function AfterSection({ form: { draft, set, at, preview } }: { readonly form: PlanForm }) {
  const backupDir = at('backupDir');
  return (
    <Card title="After transmit">
      <div className={styles.fields}>
        <FieldPlace of="afterTransmit">
          <RadioCards
            label="Once the files are safe"
            cards={CARDS}
            value={draft.afterTransmit}
            onChange={(rule) => set({ afterTransmit: rule as AfterTransmit })}
            error={at('afterTransmit').error}
          />
        </FieldPlace>
        {draft.afterTransmit !== 'keep' && (
          <FieldPlace of="backupDir">
            <DirectoryField
              label="Backup directory"
              agentId={draft.agentId}
              use="backup"
              placeholder="/srv/sent"
              value={draft.backupDir}
              onChange={(path) => set({ backupDir: path })}
              onBlur={backupDir.onBlur}
              error={backupDir.error}
              description={describing(
                'On the machine of the agent, outside of the source.',
                backupDir.warning,
              )}
            />
          </FieldPlace>
        )}
        {draft.afterTransmit !== 'keep' && preview && (
          <div className={styles.words}>
            {preview.afterTransmit.map((sentence) => (
              <p key={sentence}>{sentence}</p>
            ))}
          </div>
        )}
      </div>
    </Card>
  );
}
