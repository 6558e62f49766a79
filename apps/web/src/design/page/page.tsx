import { useEffect } from 'react';
import styles from './page.module.css';

export interface PageProps {
  /** Also in the browser's tab. */
  readonly title: string;
  /** Beside the title: a badge. */
  readonly badge?: React.ReactNode;
  /** One line below the title. */
  readonly subtitle?: React.ReactNode;
  /** Where this is: a link to the list it belongs to. */
  readonly parent?: React.ReactNode;
  /** Buttons; the one primary first. */
  readonly actions?: React.ReactNode;
  /** A TabBar. */
  readonly tabs?: React.ReactNode;
  /** narrow: forms and text, that lines stay readable. */
  readonly width?: 'wide' | 'narrow';
  readonly children: React.ReactNode;
}

/** A screen: its header and what is below. Every screen is one. */
export function Page({ title, badge, subtitle, parent, actions, tabs, width = 'wide', children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Periodic Backup`;
  }, [title]);
  return (
    <div className={`${styles.page} ${styles[width]}`}>
      <header className={tabs ? styles.headerWithTabs : styles.header}>
        {parent && <div className={styles.parent}>{parent}</div>}
        <div className={styles.line}>
          <div className={styles.heading}>
            <h1 className={styles.title}>{title}</h1>
            {badge}
          </div>
          {actions && <div className={styles.actions}>{actions}</div>}
        </div>
        {subtitle && <div className={styles.subtitle}>{subtitle}</div>}
        {tabs && <div className={styles.tabs}>{tabs}</div>}
      </header>
      {children}
    </div>
  );
}
