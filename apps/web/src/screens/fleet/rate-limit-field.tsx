import { NumberField } from '../../design/field/number-field.js';

const MIB = 1024 * 1024;

export interface RateLimitFieldProps {
  readonly label: string;
  /** Null: full speed. */
  readonly bytesPerSecond: number | null;
  readonly onChange: (bytesPerSecond: number | null) => void;
  readonly error?: string | undefined;
}

/** A rate in MiB per second; left empty, there is no limit. */
export function RateLimitField({ label, bytesPerSecond, onChange, error }: RateLimitFieldProps) {
  return (
    <NumberField
      label={label}
      description="In MiB per second. Empty: full speed."
      minValue={0.001}
      step={0.001}
      formatOptions={{ maximumFractionDigits: 3 }}
      value={bytesPerSecond === null ? Number.NaN : bytesPerSecond / MIB}
      onChange={(rate) => onChange(Number.isNaN(rate) ? null : Math.max(1024, Math.round(rate * MIB)))}
      error={error}
    />
  );
}
