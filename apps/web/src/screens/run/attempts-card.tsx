import type { RunDetail } from '@periodic-backup/contracts/http';
import { Card } from '../../design/page/card.js';
import { RelativeTime } from '../../design/time/relative-time.js';
import { Sentence } from '../../design/time/sentence.js';
import { countOf } from '../../format/sizes.js';
import styles from './run.module.css';

/** The attempts of a run that came to nothing, and when the next one begins. */
export function AttemptsCard({ run }: { readonly run: RunDetail }) {
  const { failedAttempts, attempts, notBefore, state } = run;
  const waits = state === 'waiting' && notBefore !== null;
  return (
    <Card title="Attempts">
      <div className={styles.attempts}>
        <p>
          {attempts === 0 ? 'None yet.' : `${countOf(attempts, 'attempt')}, `}
          {attempts > 0 &&
            (failedAttempts.length === 0 ? 'none failed.' : `${failedAttempts.length} failed.`)}
          {waits && (
            <>
              {' '}
              The next begins <RelativeTime at={notBefore} />.
            </>
          )}
        </p>
        {failedAttempts.length > 0 && (
          <ol className={styles.attemptList}>
            {failedAttempts.map((attempt) => (
              <li key={attempt.attempt}>
                <p>
                  Attempt {attempt.attempt}, ended <RelativeTime at={attempt.endedAt} show="clock" />
                  {attempt.receiverId && ` with ${attempt.receiverId}`}
                </p>
                <p className={styles.words}>
                  <Sentence text={attempt.message} />{' '}
                  {attempt.code && <code className={styles.code}>{attempt.code}</code>}
                </p>
              </li>
            ))}
          </ol>
        )}
      </div>
    </Card>
  );
}
