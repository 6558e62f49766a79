import { ChevronsUpDown } from 'lucide-react';
import { Button } from 'react-aria-components/Button';
import { ListBox } from 'react-aria-components/ListBox';
import { Popover } from 'react-aria-components/Popover';
import { Select, SelectValue } from 'react-aria-components/Select';
import { OptionItem } from './option-item.js';
import styles from './field.module.css';

export interface UnitSelectProps<U extends string> {
  /** Not shown: the number before it has the label. */
  readonly label: string;
  readonly units: readonly U[];
  readonly value: U;
  readonly onChange: (unit: U) => void;
}

/** The unit of a number, behind it. */
export function UnitSelect<U extends string>({ label, units, value, onChange }: UnitSelectProps<U>) {
  return (
    <Select aria-label={label} className={styles.unit} value={value} onChange={(key) => onChange(key as U)}>
      <Button className={styles.select}>
        <SelectValue className={styles.value} />
        <ChevronsUpDown size={14} aria-hidden />
      </Button>
      <Popover className={styles.popover} offset={4}>
        <ListBox className={styles.list} items={units.map((unit) => ({ id: unit, label: unit }))}>
          {(option) => <OptionItem option={option} />}
        </ListBox>
      </Popover>
    </Select>
  );
}
