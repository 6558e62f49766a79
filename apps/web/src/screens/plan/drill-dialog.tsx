import type { Plan } from '@periodic-backup/contracts/http';
import { useState } from 'react';
import { useAction } from '../../api/use-action.js';
import { Button } from '../../design/button/button.js';
import { Dialog } from '../../design/dialog/dialog.js';
import { NumberField } from '../../design/field/number-field.js';
import { Segments } from '../../design/field/segments.js';
import styles from './plan.module.css';

const WAYS = [
  { value: 'sample', label: 'Some files' },
  { value: 'all', label: 'The whole snapshot' },
] as const;
const USUAL_SAMPLE = 100;

export interface DrillDialogProps {
  readonly plan: Plan;
  readonly onClose: () => void;
  readonly onStarted: (run: { readonly runId: string }) => void;
}

/** Starts a test of a restore: real files come back, are compared, measured and thrown away. */
export default function DrillDialog({ plan, onClose, onStarted }: DrillDialogProps) {
  const [way, setWay] = useState<'sample' | 'all'>('sample');
  const [files, setFiles] = useState(USUAL_SAMPLE);
  const drill = useAction('POST /plans/{id}/drill', {
    failed: 'No test was started',
    refreshes: ['GET /plans/{id}/drills'],
  });
  const start = (): void =>
    drill.mutate(
      {
        params: { id: plan.id },
        body: { sampleFiles: way === 'sample' ? files || USUAL_SAMPLE : null },
      },
      { onSuccess: onStarted },
    );
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Test a restore of "${plan.name}"`}
      size="small"
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button kind="primary" pending={drill.isPending} onPress={start}>
            Start the test
          </Button>
        </>
      }
    >
      <div className={styles.drill}>
        <p>
          Files of the newest snapshot are restored to a place of the agent that is thrown away afterwards,
          and compared byte for byte. It says how long a restore takes; nothing else is touched.
        </p>
        <Segments label="Restore" options={WAYS} value={way} onChange={setWay} />
        {way === 'sample' && (
          <NumberField
            label="Files, drawn at random"
            value={files}
            minValue={1}
            maxValue={1_000_000}
            onChange={setFiles}
          />
        )}
      </div>
    </Dialog>
  );
}
