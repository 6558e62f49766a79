import { Label } from 'react-aria-components/Label';
import { ToggleButton } from 'react-aria-components/ToggleButton';
import { ToggleButtonGroup } from 'react-aria-components/ToggleButtonGroup';
import { useId } from 'react';
import field from './field.module.css';
import styles from './weekdays.module.css';

const DAYS = [
  ['Mon', 'Monday'],
  ['Tue', 'Tuesday'],
  ['Wed', 'Wednesday'],
  ['Thu', 'Thursday'],
  ['Fri', 'Friday'],
  ['Sat', 'Saturday'],
  ['Sun', 'Sunday'],
] as const;

export interface WeekdaysProps {
  readonly label: string;
  /** Monday 1 to Sunday 7; never none. */
  readonly value: readonly number[];
  readonly onChange: (days: readonly number[]) => void;
}

/** Days of the week; at least one. */
export function Weekdays({ label, value, onChange }: WeekdaysProps) {
  const id = useId();
  return (
    <div className={field.field}>
      <Label id={id} className={field.label} elementType="span">
        {label}
      </Label>
      <ToggleButtonGroup
        aria-labelledby={id}
        className={styles.days}
        selectionMode="multiple"
        disallowEmptySelection
        selectedKeys={value.map(String)}
        onSelectionChange={(keys) => onChange([...keys].map(Number).sort((a, b) => a - b))}
      >
        {DAYS.map(([short, long], index) => (
          <ToggleButton key={short} id={String(index + 1)} aria-label={long} className={styles.day}>
            {short}
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
    </div>
  );
}
