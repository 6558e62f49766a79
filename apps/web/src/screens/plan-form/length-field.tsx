import { NumberField } from '../../design/field/number-field.js';
import type { FieldWords } from '../../design/field/field-parts.js';
import { UnitSelect } from '../../design/field/unit-select.js';
import { UNITS, type LengthDraft, type Unit } from './schedule-draft.js';
import styles from './plan-form.module.css';

export interface LengthFieldProps extends FieldWords {
  readonly value: LengthDraft;
  readonly onChange: (length: LengthDraft) => void;
  readonly onBlur?: () => void;
  readonly units?: readonly Unit[];
  readonly minimum?: number;
}

/** A length of time: a number and its unit. */
export function LengthField(props: LengthFieldProps) {
  const { value, onChange, onBlur, units = UNITS, minimum = 1, ...words } = props;
  return (
    <div className={styles.length}>
      <NumberField
        {...words}
        value={value.count}
        minValue={minimum}
        onChange={(count) => onChange({ ...value, count })}
        {...(onBlur ? { onBlur } : {})}
      />
      <UnitSelect
        label={`Unit of ${words.label}`}
        units={units}
        value={value.unit}
        onChange={(unit) => onChange({ ...value, unit })}
      />
    </div>
  );
}
