import type { SamplePath } from '@periodic-backup/contracts/http';
import { formatBytes, formatCount } from '../../format/sizes.js';
import styles from './samples.module.css';

export interface SampleListProps {
  readonly label: string;
  readonly samples: readonly SamplePath[];
  /** How many there are in all. */
  readonly of: number;
}

/** Some of many paths, with their sizes. */
export function SampleList({ label, samples, of }: SampleListProps) {
  return (
    <div className={styles.frame} tabIndex={0} role="region" aria-label={label}>
      <ul className={styles.list}>
        {samples.map(({ path, pathBytes, kind, sizeBytes }) => (
          <li key={pathBytes} className={styles.item}>
            <code className={styles.path}>
              {path}
              {kind === 'directory' ? '/' : ''}
            </code>
            {sizeBytes !== null && <span className={styles.size}>{formatBytes(sizeBytes)}</span>}
          </li>
        ))}
      </ul>
      {of > samples.length && (
        <p className={styles.rest}>
          {formatCount(samples.length)} of {formatCount(of)}
        </p>
      )}
    </div>
  );
}
