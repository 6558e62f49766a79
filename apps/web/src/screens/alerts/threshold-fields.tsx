import type { AlertRuleInput, AlertThresholds } from '@periodic-backup/contracts/http';
import type { Control } from 'react-hook-form';
import type { z } from 'zod';
import { NumberField } from '../../design/field/number-field.js';
import { useField } from '../../forms/use-field.js';
import styles from './alerts.module.css';

type RuleInput = z.input<typeof AlertRuleInput>;
type RuleControl = Control<RuleInput, unknown, AlertRuleInput>;

const FIELDS: readonly (readonly [name: keyof AlertThresholds, label: string, unit: string])[] = [
  ['shrankPercent', 'A snapshot shrank by', 'Percent of files or bytes, against the ten before.'],
  ['grewPercent', 'A snapshot grew by', 'Percent of files or bytes, against the ten before.'],
  ['changedPercent', 'Many files changed: at least', 'Percent of the files …'],
  ['changedTimes', '… and so many times the usual', 'Times.'],
  ['freePercent', 'Little space: less free than', 'Percent of the disk …'],
  ['freeSnapshots', '… and than so many of its largest snapshots', 'Times.'],
  ['agentSilentSeconds', 'An agent is silent for', 'Seconds.'],
  ['receiverGoneSeconds', 'A receiver is gone for', 'Seconds.'],
];

/** What counts as too much; most people leave it. */
export function ThresholdFields({ control }: { readonly control: RuleControl }) {
  return (
    <details className={styles.fold}>
      <summary>What counts as too much</summary>
      <div className={styles.pair}>
        {FIELDS.map(([name, label, unit]) => (
          <Threshold key={name} control={control} name={name} label={label} unit={unit} />
        ))}
      </div>
    </details>
  );
}

function Threshold({
  control,
  name,
  label,
  unit,
}: {
  readonly control: RuleControl;
  readonly name: keyof AlertThresholds;
  readonly label: string;
  readonly unit: string;
}) {
  const field = useField(control, `thresholds.${name}`);
  return (
    <NumberField
      label={label}
      description={unit}
      minValue={0}
      value={field.value ?? Number.NaN}
      onChange={field.onChange}
      onBlur={field.onBlur}
      error={field.error}
    />
  );
}
