import type { AlertView } from '@periodic-backup/contracts/http';
import { Link } from '@tanstack/react-router';
import { StateBadge } from '../../design/state/state-badge.js';
import { RelativeTime } from '../../design/time/relative-time.js';
import { Sentence } from '../../design/time/sentence.js';
import { lookOfAlert, placeOfAlert } from './alert-words.js';
import styles from './alerts.module.css';

/** An alert: what is wrong, since when, and what to do about it. */
export function AlertRow({ alert }: { readonly alert: AlertView }) {
  const { subjectName, what, advice, since, resolvedAt, resolution } = alert;
  return (
    <li className={styles.row}>
      <StateBadge look={lookOfAlert(alert)} />
      <div className={styles.words}>
        <p className={styles.name}>
          <Link {...placeOfAlert(alert)}>{capital(subjectName)}</Link>
        </p>
        <p className={styles.what}>
          <Sentence text={what} />
        </p>
        {resolvedAt === null ? (
          <p className={styles.advice}>{advice}</p>
        ) : (
          resolution && (
            <p className={styles.advice}>
              <Sentence text={resolution} />
            </p>
          )
        )}
      </div>
      <span className={styles.when}>
        {resolvedAt === null ? 'since ' : ''}
        <RelativeTime at={resolvedAt ?? since} />
      </span>
    </li>
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
