import type { PlanPreview } from '@periodic-backup/contracts/http';
import { Copyable } from '../../design/layout/copyable.js';
import { Tabs } from '../../design/tabs/tabs.js';
import styles from './review.module.css';

/** The same plan by other means, to take along. */
export function PlanCommands({ commands }: { readonly commands: PlanPreview['commands'] }) {
  const { pbk, curl, npmStart, json } = commands;
  const ways = [
    { id: 'pbk', label: 'pbk', text: pbk },
    { id: 'curl', label: 'curl', text: curl },
    { id: 'npm', label: 'npm start', text: npmStart },
    { id: 'json', label: 'JSON', text: JSON.stringify(json, null, 2) },
  ].filter((way): way is typeof way & { text: string } => way.text !== null);
  return (
    <>
      {pbk === null && <p className={styles.hint}>Commands appear once nothing is missing any more.</p>}
      <Tabs
        label="Ways"
        tabs={ways.map(({ id, label, text }) => ({
          ...{ id, label },
          content: <Copyable text={text} label={`as ${label}`} />,
        }))}
      />
    </>
  );
}
