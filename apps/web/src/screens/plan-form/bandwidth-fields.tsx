import { Plus, X } from 'lucide-react';
import { Button } from '../../design/button/button.js';
import { Callout } from '../../design/feedback/callout.js';
import { TextField } from '../../design/field/text-field.js';
import { Weekdays } from '../../design/field/weekdays.js';
import { newWindow, type BandwidthDraft, type WindowDraft } from './bandwidth-draft.js';
import { RateField } from './rate-field.js';
import type { FieldState } from './use-plan-form.js';
import { ZoneField } from './zone-field.js';
import styles from './plan-form.module.css';

export interface BandwidthFieldsProps {
  readonly value: BandwidthDraft;
  readonly onChange: (bandwidth: BandwidthDraft) => void;
  readonly state: FieldState;
}

/** How fast files may be sent, with a timetable. */
export function BandwidthFields({ value, onChange, state }: BandwidthFieldsProps) {
  const { rate, windows, timezone } = value;
  const change = (windowId: number, changes: Partial<WindowDraft>): void =>
    onChange({
      ...value,
      windows: windows.map((window) => (window.id === windowId ? { ...window, ...changes } : window)),
    });
  const nextId = Math.max(-1, ...windows.map(({ id }) => id)) + 1;
  return (
    <div className={styles.fields}>
      <RateField
        label={windows.length > 0 ? 'Otherwise' : 'Speed'}
        value={rate}
        onChange={(next) => onChange({ ...value, rate: next })}
      />
      {windows.map((window, index) => (
        <fieldset key={window.id} className={styles.window}>
          <legend className="visually-hidden">Window {index + 1}</legend>
          <div className={styles.windowHead}>
            <TextField
              label="From"
              type="time"
              value={window.from}
              onChange={(from) => change(window.id, { from })}
            />
            <TextField
              label="To"
              type="time"
              value={window.to}
              onChange={(to) => change(window.id, { to })}
            />
            <Button
              kind="quiet"
              icon={X}
              aria-label={`Remove window ${index + 1}`}
              onPress={() => onChange({ ...value, windows: windows.filter(({ id }) => id !== window.id) })}
            />
          </div>
          <Weekdays label="Begins on" value={window.days} onChange={(days) => change(window.id, { days })} />
          <RateField
            label="Speed in it"
            value={window.rate}
            onChange={(next) => change(window.id, { rate: next })}
          />
        </fieldset>
      ))}
      {windows.length > 0 && (
        <ZoneField
          label="Time zone of the timetable"
          value={timezone}
          onChange={(zone) => onChange({ ...value, timezone: zone })}
        />
      )}
      {state.error && <Callout tone="bad">{state.error}</Callout>}
      <div>
        <Button
          size="small"
          icon={Plus}
          onPress={() => onChange({ ...value, windows: [...windows, newWindow(nextId)] })}
        >
          {windows.length === 0 ? 'Another speed at some hours' : 'Add hours'}
        </Button>
      </div>
    </div>
  );
}
