import { NumberField } from '../../design/field/number-field.js';
import { Segments } from '../../design/field/segments.js';
import { UnitSelect } from '../../design/field/unit-select.js';
import { RATE_UNITS, type RateDraft } from './bandwidth-draft.js';
import styles from './plan-form.module.css';

const WAYS = [
  { value: 'full', label: 'Full speed' },
  { value: 'limited', label: 'At most' },
] as const;

export interface RateFieldProps {
  readonly label: string;
  readonly value: RateDraft;
  readonly onChange: (rate: RateDraft) => void;
}

/** Bytes per second, or no limit. */
export function RateField({ label, value, onChange }: RateFieldProps) {
  return (
    <div className={styles.rate}>
      <Segments
        label={label}
        options={WAYS}
        value={value.limited ? 'limited' : 'full'}
        onChange={(way) => onChange({ ...value, limited: way === 'limited' })}
      />
      {value.limited && (
        <div className={styles.length}>
          <NumberField
            label="At most"
            value={value.count}
            minValue={1}
            onChange={(count) => onChange({ ...value, count })}
          />
          <UnitSelect
            label={`Unit of ${label}`}
            units={RATE_UNITS}
            value={value.unit}
            onChange={(unit) => onChange({ ...value, unit })}
          />
        </div>
      )}
    </div>
  );
}
