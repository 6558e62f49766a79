import type { PlanHealth } from '@periodic-backup/contracts/http';
import { Hint } from '../../design/layout/hint.js';
import { exactly } from '../../design/time/relative-time.js';
import { formatAge } from '../../format/durations.js';
import { useOfNow } from '../../live/use-now.js';
import styles from './snapshot-age.module.css';

export interface SnapshotAgeProps {
  readonly health: PlanHealth;
  /** long: with what it is about, where no column says so. */
  readonly words?: 'short' | 'long';
}

/** How old the newest good snapshot is, against the age that was promised. */
export function SnapshotAge({ health, words = 'short' }: SnapshotAgeProps) {
  const { committedAt, promisedSeconds, broken } = health.recoveryPoint;
  const seconds = useOfNow((now) =>
    committedAt === null ? null : Math.max(0, Math.floor((now.getTime() - Date.parse(committedAt)) / 1000)),
  );
  if (committedAt === null || seconds === null)
    return <span className={styles.none}>{words === 'long' ? 'no snapshot yet' : 'none yet'}</span>;
  const share = Math.min(1, seconds / promisedSeconds);
  // Nothing is owed while it is paused.
  const tone =
    health.state === 'paused' ? 'idle' : broken || share === 1 ? 'bad' : share > 0.8 ? 'warn' : 'ok';
  return (
    <Hint
      inRow
      hint={
        <>
          Newest good snapshot: {exactly(committedAt)}. Promised: at most {formatAge(promisedSeconds)} old.
        </>
      }
    >
      <span className={styles.age} data-tone={tone}>
        <span className={styles.figure}>{leadingUnit(seconds)}</span>
        {words === 'long' ? (
          <span>old</span>
        ) : (
          <span className={styles.promise}>of {leadingUnit(promisedSeconds)}</span>
        )}
        <span className={styles.meter} aria-hidden>
          <span style={{ transform: `scaleX(${share})` }} />
        </span>
      </span>
    </Hint>
  );
}

/** One unit is enough to compare two ages. */
function leadingUnit(seconds: number): string {
  return seconds >= 36 * 3600
    ? `${Math.floor(seconds / 86_400)} d`
    : formatAge(seconds).split(' ').slice(0, 2).join(' ');
}
