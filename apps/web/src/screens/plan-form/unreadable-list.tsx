import type { Estimate } from '@periodic-backup/contracts/http';
import { formatCount } from '../../format/sizes.js';
import styles from './samples.module.css';

/** Files and directories that the agent may not read, and why. */
export function UnreadableList({ count, samples }: Estimate['unreadable']) {
  return (
    <div className={styles.frame} tabIndex={0} role="region" aria-label="Not readable">
      <ul className={styles.list}>
        {samples.map(({ path, message }) => (
          <li key={path} className={styles.item}>
            <code className={styles.path}>{path}</code>
            <span className={styles.why}>{message}</span>
          </li>
        ))}
      </ul>
      {count > samples.length && (
        <p className={styles.rest}>
          {formatCount(samples.length)} of {formatCount(count)}
        </p>
      )}
    </div>
  );
}
