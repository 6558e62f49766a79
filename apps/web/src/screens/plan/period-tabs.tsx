import { Link } from '@tanstack/react-router';
import { PERIODS } from './period.js';
import styles from './plan.module.css';

/** How far back one looks. */
export function PeriodTabs({ planId, days }: { readonly planId: string; readonly days: number }) {
  return (
    <nav className={styles.periods} aria-label="Period">
      {PERIODS.map((period) => (
        <Link
          key={period}
          to="/plans/$planId"
          params={{ planId }}
          search={{ days: period }}
          replace
          resetScroll={false}
          className={styles.period}
          aria-current={period === days ? 'true' : undefined}
        >
          {period === 365 ? '1 year' : `${period} d`}
        </Link>
      ))}
    </nav>
  );
}
