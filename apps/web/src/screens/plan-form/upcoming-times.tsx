import type { SchedulePreview } from '@periodic-backup/contracts/http';
import { CalendarClock } from 'lucide-react';
import { FieldWarning } from '../../design/field/field-warning.js';
import { RelativeTime } from '../../design/time/relative-time.js';
import { viewerZone } from './plan-draft.js';
import styles from './upcoming.module.css';

export interface UpcomingTimesProps {
  readonly preview: SchedulePreview;
  /** A period has no clocks of its own. */
  readonly isPeriod: boolean;
}

/** What a schedule means: a sentence and the next times, by its own clocks and by the viewer's. */
export function UpcomingTimes({ preview, isPeriod }: UpcomingTimesProps) {
  const { sentence, timezone, next, warnings } = preview;
  const isOwnZone = isPeriod || timezone === viewerZone();
  return (
    <div className={styles.upcoming} aria-live="polite">
      <p className={styles.sentence}>
        <CalendarClock size={16} aria-hidden />
        {sentence.charAt(0).toUpperCase() + sentence.slice(1)}
      </p>
      {warnings.map((warning) => (
        <FieldWarning key={warning}>{warning}</FieldWarning>
      ))}
      <table className={styles.times}>
        <caption className="visually-hidden">The next {next.length} times</caption>
        <thead>
          <tr>
            <th scope="col">Next</th>
            {!isOwnZone && <th scope="col">{timezone}</th>}
            <th scope="col">Your time</th>
          </tr>
        </thead>
        <tbody>
          {next.map(({ at, local, note }) => (
            <tr key={at}>
              <td>
                <RelativeTime at={at} />
              </td>
              {!isOwnZone && <td>{local}</td>}
              <td>
                {yourTime(at)}
                {note && <span className={styles.note}>{note}</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const format = new Intl.DateTimeFormat('en-GB', {
  ...{ weekday: 'short', day: 'numeric', month: 'short' },
  ...{ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
});

function yourTime(at: string): string {
  return format.format(new Date(at)).replace(/,? (\d\d:)/, ', $1');
}
