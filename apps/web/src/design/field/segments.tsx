import { FieldError } from 'react-aria-components/FieldError';
import { Label } from 'react-aria-components/Label';
import { Radio, RadioGroup } from 'react-aria-components/RadioGroup';
import type { FieldWords } from './field-parts.js';
import field from './field.module.css';
import styles from './segments.module.css';

export interface SegmentsProps<V extends string> extends FieldWords {
  readonly options: readonly { readonly value: V; readonly label: string }[];
  readonly value: V;
  readonly onChange: (value: V) => void;
}

/** One of a few ways whose names say it all, in one line. */
export function Segments<V extends string>(props: SegmentsProps<V>) {
  const { label, description, error, options, value, onChange } = props;
  return (
    <RadioGroup
      className={field.field}
      value={value}
      onChange={(chosen) => onChange(chosen as V)}
      orientation="horizontal"
      isInvalid={error !== undefined}
      validationBehavior="aria"
    >
      <Label className={field.label}>{label}</Label>
      <div className={styles.segments}>
        {options.map(({ value: of, label: words }) => (
          <Radio key={of} value={of} className={styles.segment}>
            {words}
          </Radio>
        ))}
      </div>
      {description && <div className={field.description}>{description}</div>}
      <FieldError className={field.error}>{error}</FieldError>
    </RadioGroup>
  );
}
