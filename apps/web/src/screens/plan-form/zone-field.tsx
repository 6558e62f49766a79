import { useMemo } from 'react';
import { ComboBox } from '../../design/field/combo-box.js';
import type { FieldWords } from '../../design/field/field-parts.js';
import { viewerZone } from './plan-draft.js';

export interface ZoneFieldProps extends FieldWords {
  readonly value: string;
  readonly onChange: (zone: string) => void;
}

/** A time zone by its IANA name: a few letters of a city find it. */
export function ZoneField({ value, onChange, ...words }: ZoneFieldProps) {
  const options = useMemo(() => {
    const own = viewerZone();
    const names = new Set([own, 'UTC', value, ...Intl.supportedValuesOf('timeZone')]);
    return [...names].map((id) => ({
      id,
      label: id,
      ...(id === own ? { detail: 'The zone of this browser' } : {}),
    }));
  }, [value]);
  return (
    <ComboBox
      {...words}
      options={options}
      value={value}
      onChange={(zone) => {
        if (zone !== null) onChange(zone);
      }}
    />
  );
}
