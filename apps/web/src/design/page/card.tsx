import { useId } from 'react';
import styles from './card.module.css';

export interface CardProps {
  readonly title?: React.ReactNode;
  /** Beside the title, at the end: a link or button. */
  readonly aside?: React.ReactNode;
  /** none: for lists and tables that reach the edge. */
  readonly padding?: 'normal' | 'none';
  readonly children: React.ReactNode;
}

/** A part of a screen, named and framed. */
export function Card({ title, aside, padding = 'normal', children }: CardProps) {
  const id = useId();
  return (
    <section
      className={padding === 'none' ? `${styles.card} ${styles.clipped}` : styles.card}
      aria-labelledby={title ? id : undefined}
    >
      {title && (
        <div className={styles.header}>
          <h2 id={id} className={styles.title}>
            {title}
          </h2>
          {aside && <div className={styles.aside}>{aside}</div>}
        </div>
      )}
      <div className={padding === 'normal' ? styles.body : undefined}>{children}</div>
    </section>
  );
}
