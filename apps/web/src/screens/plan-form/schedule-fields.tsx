import { Segments } from '../../design/field/segments.js';
import { TextField } from '../../design/field/text-field.js';
import { Weekdays } from '../../design/field/weekdays.js';
import { LengthField } from './length-field.js';
import type { ScheduleDraft } from './schedule-draft.js';
import type { FieldState } from './use-plan-form.js';
import { ZoneField } from './zone-field.js';
import styles from './plan-form.module.css';

const KINDS = [
  { value: 'every', label: 'Every so often' },
  { value: 'times', label: 'At a time of day' },
  { value: 'cron', label: 'Cron expression' },
] as const;

export interface ScheduleFieldsProps {
  readonly label: string;
  readonly value: ScheduleDraft;
  readonly onChange: (schedule: ScheduleDraft) => void;
  readonly state: FieldState;
}

/** When something is due: a period, a time on some days, or a cron expression. */
export function ScheduleFields({ label, value, onChange, state }: ScheduleFieldsProps) {
  const set = (changes: Partial<ScheduleDraft>): void => onChange({ ...value, ...changes });
  const words = { error: state.error, onBlur: state.onBlur };
  return (
    <div className={styles.fields}>
      <Segments label={label} options={KINDS} value={value.kind} onChange={(kind) => set({ kind })} />
      {value.kind === 'every' && (
        <LengthField {...words} label="Every" value={value.every} onChange={(every) => set({ every })} />
      )}
      {value.kind === 'times' && (
        <div className={styles.pair}>
          <TextField
            {...words}
            label="At"
            type="time"
            value={value.time}
            onChange={(time) => set({ time })}
          />
          <Weekdays label="On" value={value.days} onChange={(days) => set({ days })} />
        </div>
      )}
      {value.kind === 'cron' && (
        <TextField
          {...words}
          label="Cron expression"
          mono
          value={value.cron}
          onChange={(cron) => set({ cron })}
          placeholder="0 2 * * *"
          autoComplete="off"
          spellCheck="false"
          description="Minute, hour, day of month, month, day of week."
        />
      )}
      {value.kind !== 'every' && (
        <ZoneField
          label="Time zone"
          description="Whose clocks count, daylight saving time with them."
          value={value.timezone}
          onChange={(timezone) => set({ timezone })}
        />
      )}
    </div>
  );
}
