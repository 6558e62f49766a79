import styles from './button.module.css';

export interface ButtonLook {
  /** primary: the one thing to do here. plain: the others. quiet: in rows and bars. danger: what cannot be taken back. */
  readonly kind?: 'primary' | 'plain' | 'quiet' | 'danger';
  readonly size?: 'small' | 'medium';
}

/** Classes of what looks like a button: buttons, and links that lead to a deed. */
export function buttonClass({ kind = 'plain', size = 'medium' }: ButtonLook, iconOnly = false): string {
  return [styles.button, styles[kind], styles[size], iconOnly ? styles.iconOnly : ''].join(' ');
}
