import { Callout } from '../design/feedback/callout.js';
import styles from './form.module.css';

export interface FormProps {
  readonly label: string;
  readonly onSubmit: (event?: React.BaseSyntheticEvent) => void;
  /** What is wrong with the whole of it. */
  readonly problem: string | null;
  readonly children: React.ReactNode;
  /** Buttons; the one that sends has `type="submit"`. */
  readonly actions: React.ReactNode;
}

/** Fields below each other, what is wrong with them together, and the buttons. */
export function Form({ label, onSubmit, problem, children, actions }: FormProps) {
  return (
    <form className={styles.form} aria-label={label} onSubmit={onSubmit} noValidate>
      {children}
      {problem && <Callout tone="bad">{problem}</Callout>}
      <div className={styles.actions}>{actions}</div>
    </form>
  );
}
