import { Link } from '@tanstack/react-router';
import styles from './brand.module.css';

/** Mark and name; leads to the overview. */
export function Brand({ onGo }: { readonly onGo?: () => void }) {
  return (
    <Link to="/" className={styles.brand} onClick={onGo}>
      <svg width={22} height={22} viewBox="0 0 32 32" fill="none" aria-hidden>
        <rect width="32" height="32" rx="9" className={styles.ground} />
        <g stroke="#fff" strokeLinecap="round" strokeLinejoin="round" strokeWidth="2.6">
          <path d="M23.5 12.6A8.4 8.4 0 1 0 24.4 17" />
          <path d="M24.2 8.2v4.6h-4.6" />
          <path d="M12.6 16.3l2.6 2.6 4.4-5" />
        </g>
      </svg>
      Periodic Backup
    </Link>
  );
}
