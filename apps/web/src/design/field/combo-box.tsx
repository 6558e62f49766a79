import { ChevronsUpDown } from 'lucide-react';
import { Button } from 'react-aria-components/Button';
import { ComboBox as AriaComboBox } from 'react-aria-components/ComboBox';
import { Group } from 'react-aria-components/Group';
import { Input } from 'react-aria-components/Input';
import { ListBox } from 'react-aria-components/ListBox';
import { Popover } from 'react-aria-components/Popover';
import { FieldParts, type FieldWords } from './field-parts.js';
import { OptionItem, type Option } from './option-item.js';
import styles from './field.module.css';

export interface ComboBoxProps extends FieldWords {
  readonly options: readonly Option[];
  readonly value: string | null;
  readonly onChange: (value: string | null) => void;
  /** Lets one type what is not in the list. */
  readonly allowsCustomValue?: boolean;
  readonly onInputChange?: (text: string) => void;
  readonly placeholder?: string;
  readonly isDisabled?: boolean;
}

/** One of many: typing narrows them down. */
export function ComboBox(props: ComboBoxProps) {
  const { label, description, error, options, value, onChange, onInputChange, placeholder, ...rest } = props;
  return (
    <AriaComboBox
      {...rest}
      className={styles.field}
      defaultItems={options}
      selectedKey={value}
      onSelectionChange={(key) => onChange(key === null ? null : String(key))}
      {...(onInputChange ? { onInputChange } : {})}
      isInvalid={error !== undefined}
      validationBehavior="aria"
      menuTrigger="focus"
    >
      <FieldParts label={label} description={description} error={error}>
        <Group className={styles.group}>
          <Input className={styles.bareInput} placeholder={placeholder} />
          <Button className={styles.step} aria-label={`Show ${label}`}>
            <ChevronsUpDown size={14} aria-hidden />
          </Button>
        </Group>
      </FieldParts>
      <Popover className={styles.popover} offset={4}>
        <ListBox<Option>
          className={styles.list}
          renderEmptyState={() => <p className={styles.none}>Nothing fits.</p>}
        >
          {(option) => <OptionItem option={option} />}
        </ListBox>
      </Popover>
    </AriaComboBox>
  );
}
