import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react';
import type { Tone } from '../state/states.js';
import styles from './callout.module.css';

const ICONS = { ok: CircleCheck, warn: TriangleAlert, bad: CircleAlert, run: Info, idle: Info };

export interface CalloutProps {
  readonly tone: Tone;
  readonly title?: string;
  readonly children?: React.ReactNode;
  /** One button. */
  readonly action?: React.ReactNode;
}

/** A sentence that must not be overlooked, with what one can do. */
export function Callout({ tone, title, children, action }: CalloutProps) {
  const Icon = ICONS[tone];
  return (
    <div className={styles.callout} data-tone={tone} role={tone === 'bad' ? 'alert' : undefined}>
      <Icon size={17} aria-hidden />
      <div className={styles.words}>
        {title && <p className={styles.title}>{title}</p>}
        {children && <div>{children}</div>}
      </div>
      {action && <div className={styles.action}>{action}</div>}
    </div>
  );
}
