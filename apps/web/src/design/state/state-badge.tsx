import styles from './state-badge.module.css';
import type { StateLook } from './states.js';

export interface StateBadgeProps {
  readonly look: StateLook;
  /** soft: with a ground, where it stands by itself. bare: in rows. */
  readonly kind?: 'soft' | 'bare';
  /** In place of the state's own word, such as `Healthy since Monday`. */
  readonly children?: React.ReactNode;
}

/** A state by icon, word and colour. */
export function StateBadge({ look: { tone, word, icon: Icon }, kind = 'bare', children }: StateBadgeProps) {
  return (
    <span className={styles[kind]} data-tone={tone}>
      <Icon size={15} strokeWidth={2} aria-hidden className={tone === 'run' ? styles.turning : undefined} />
      {children ?? word}
    </span>
  );
}
