import { Link, type LinkProps } from '@tanstack/react-router';
import styles from './tab-bar.module.css';

export interface TabLink {
  readonly label: string;
  readonly link: LinkProps;
  /** How many are behind it. */
  readonly count?: number | undefined;
}

/** Parts of a screen, each with a URL of its own: links, so that they can be opened beside each other. */
export function TabBar({ label, tabs }: { readonly label: string; readonly tabs: readonly TabLink[] }) {
  return (
    <nav className={styles.bar} aria-label={label}>
      {tabs.map((tab) => (
        <Link
          key={tab.label}
          {...tab.link}
          className={styles.tab}
          activeOptions={{ exact: true, includeSearch: true }}
          activeProps={{ 'aria-current': 'page' }}
        >
          {tab.label}
          {tab.count !== undefined && <span className={styles.count}>{tab.count}</span>}
        </Link>
      ))}
    </nav>
  );
}
