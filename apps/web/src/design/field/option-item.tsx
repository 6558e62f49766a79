import { Check } from 'lucide-react';
import { ListBoxItem } from 'react-aria-components/ListBox';
import { Text } from 'react-aria-components/Text';
import styles from './field.module.css';

export interface Option {
  readonly id: string;
  readonly label: string;
  /** A second line: an address, how full it is. */
  readonly detail?: string;
  readonly disabled?: boolean;
}

/** A choice of a list. */
export function OptionItem({ option: { id, label, detail, disabled = false } }: { readonly option: Option }) {
  return (
    <ListBoxItem id={id} textValue={label} isDisabled={disabled} className={styles.option}>
      {({ isSelected }) => (
        <>
          <span className={styles.optionWords}>
            <Text slot="label">{label}</Text>
            {detail && (
              <Text slot="description" className={styles.optionDetail}>
                {detail}
              </Text>
            )}
          </span>
          {isSelected && <Check size={15} aria-hidden />}
        </>
      )}
    </ListBoxItem>
  );
}
