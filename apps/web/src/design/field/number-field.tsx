import { Minus, Plus } from 'lucide-react';
import { Button } from 'react-aria-components/Button';
import { Group } from 'react-aria-components/Group';
import { Input } from 'react-aria-components/Input';
import {
  NumberField as AriaNumberField,
  type NumberFieldProps as AriaProps,
} from 'react-aria-components/NumberField';
import { FieldParts, type FieldWords } from './field-parts.js';
import styles from './field.module.css';

export interface NumberFieldProps
  extends Omit<AriaProps, 'className' | 'style' | 'children' | 'isInvalid' | 'validate'>, FieldWords {}

/** A number to fill in or step through. */
export function NumberField({ label, description, error, ...rest }: NumberFieldProps) {
  return (
    <AriaNumberField
      {...rest}
      className={styles.field}
      isInvalid={error !== undefined}
      validationBehavior="aria"
    >
      <FieldParts label={label} description={description} error={error}>
        <Group className={styles.group}>
          <Input className={styles.bareInput} />
          <Button slot="decrement" className={styles.step}>
            <Minus size={14} aria-hidden />
          </Button>
          <Button slot="increment" className={styles.step}>
            <Plus size={14} aria-hidden />
          </Button>
        </Group>
      </FieldParts>
    </AriaNumberField>
  );
}
