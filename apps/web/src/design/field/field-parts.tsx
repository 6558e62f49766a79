import { FieldError } from 'react-aria-components/FieldError';
import { Label } from 'react-aria-components/Label';
import { Text } from 'react-aria-components/Text';
import styles from './field.module.css';

export interface FieldWords {
  readonly label: string;
  /** One sentence below the label: what it does, in what form. */
  readonly description?: React.ReactNode;
  /** What is wrong, in words; shows the field as wrong. */
  readonly error?: string | undefined;
}

/** Label, description, the control, and what is wrong with it: the same around every control. */
export function FieldParts({
  label,
  description,
  error,
  children,
}: FieldWords & { readonly children: React.ReactNode }) {
  return (
    <>
      <Label className={styles.label}>{label}</Label>
      {children}
      {description && (
        <Text slot="description" className={styles.description}>
          {description}
        </Text>
      )}
      <FieldError className={styles.error}>{error}</FieldError>
    </>
  );
}
