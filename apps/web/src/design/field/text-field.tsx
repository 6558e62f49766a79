import { Input } from 'react-aria-components/Input';
import { TextArea } from 'react-aria-components/TextArea';
import {
  TextField as AriaTextField,
  type TextFieldProps as AriaProps,
} from 'react-aria-components/TextField';
import { FieldParts, type FieldWords } from './field-parts.js';
import styles from './field.module.css';

export interface TextFieldProps
  extends Omit<AriaProps, 'className' | 'style' | 'children' | 'isInvalid' | 'validate'>, FieldWords {
  readonly placeholder?: string;
  /** Paths, patterns, addresses. */
  readonly mono?: boolean;
  /** More than one line. */
  readonly rows?: number;
  /** Behind the text: a button. */
  readonly after?: React.ReactNode;
}

/** Text to fill in. */
export function TextField({
  label,
  description,
  error,
  placeholder,
  mono,
  rows,
  after,
  ...rest
}: TextFieldProps) {
  const look = mono ? `${styles.input} ${styles.mono}` : styles.input;
  return (
    <AriaTextField
      {...rest}
      className={styles.field}
      isInvalid={error !== undefined}
      validationBehavior="aria"
    >
      <FieldParts label={label} description={description} error={error}>
        <div className={styles.line}>
          {rows === undefined ? (
            <Input className={look} placeholder={placeholder} />
          ) : (
            <TextArea className={`${look} ${styles.area}`} rows={rows} placeholder={placeholder} />
          )}
          {after}
        </div>
      </FieldParts>
    </AriaTextField>
  );
}
