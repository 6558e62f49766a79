import { FieldError } from 'react-aria-components/FieldError';
import { Label } from 'react-aria-components/Label';
import { Radio, RadioGroup } from 'react-aria-components/RadioGroup';
import type { LucideIcon } from 'lucide-react';
import type { FieldWords } from './field-parts.js';
import styles from './radio-cards.module.css';
import field from './field.module.css';

export interface RadioCard {
  readonly value: string;
  readonly label: string;
  /** A sentence on what choosing it does. */
  readonly description?: string;
  readonly icon?: LucideIcon;
  readonly disabled?: boolean;
}

export interface RadioCardsProps extends FieldWords {
  readonly cards: readonly RadioCard[];
  readonly value: string | null;
  readonly onChange: (value: string) => void;
}

/** One of a few ways, each with a sentence on what it does. */
export function RadioCards({ label, description, error, cards, value, onChange }: RadioCardsProps) {
  return (
    <RadioGroup
      className={field.field}
      value={value}
      onChange={onChange}
      isInvalid={error !== undefined}
      validationBehavior="aria"
    >
      <Label className={field.label}>{label}</Label>
      {description && <p className={field.description}>{description}</p>}
      <div className={styles.cards}>
        {cards.map(({ value: of, label: words, description: sentence, icon: Icon, disabled = false }) => (
          <Radio key={of} value={of} isDisabled={disabled} className={styles.card}>
            {Icon && <Icon size={17} aria-hidden />}
            <span>
              <span className={styles.title}>{words}</span>
              {sentence && <span className={styles.sentence}>{sentence}</span>}
            </span>
            <span className={styles.dot} aria-hidden />
          </Radio>
        ))}
      </div>
      <FieldError className={field.error}>{error}</FieldError>
    </RadioGroup>
  );
}
