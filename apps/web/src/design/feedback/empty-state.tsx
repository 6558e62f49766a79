import type { LucideIcon } from 'lucide-react';
import styles from './feedback.module.css';

export interface EmptyStateProps {
  readonly icon: LucideIcon;
  /** One sentence: what would be here. */
  readonly title: string;
  readonly children?: React.ReactNode;
  /** One button, and at most one link. */
  readonly action?: React.ReactNode;
}

/** There is nothing here, and what one does about it. */
export function EmptyState({ icon: Icon, title, children, action }: EmptyStateProps) {
  return (
    <div className={styles.state}>
      <span className={styles.icon}>
        <Icon size={22} strokeWidth={1.75} aria-hidden />
      </span>
      <p className={styles.title}>{title}</p>
      {children && <div className={styles.text}>{children}</div>}
      {action && <div className={styles.actions}>{action}</div>}
    </div>
  );
}
