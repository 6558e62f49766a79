import type { RunDetail } from '@periodic-backup/contracts/http';
import { Check, Circle, Minus, X } from 'lucide-react';
import { Card } from '../../design/page/card.js';
import { RelativeTime } from '../../design/time/relative-time.js';
import { formatDuration } from '../../format/durations.js';
import { isFinal } from '../../live/final-states.js';
import { timelineMarks, type TimelineMark } from './timeline-marks.js';
import styles from './run.module.css';

const ICONS = { reached: Check, ahead: Circle, never: Minus } as const;
const WORDS = { reached: '', ahead: 'not yet', never: 'not reached' } as const;

/** What was expected of a run, and when it came to what. */
export function TimelineCard({ run }: { readonly run: RunDetail }) {
  return (
    <Card title="Timeline">
      <ol className={styles.timeline}>
        {timelineMarks(run.timeline, isFinal(run.state)).map((mark) => (
          <Mark
            key={mark.step}
            mark={mark}
            isBad={mark.step === 'ended' && ['failed', 'missed'].includes(run.state)}
          />
        ))}
      </ol>
    </Card>
  );
}

/** @param isBad it was reached, and not as it should be */
function Mark({ mark, isBad }: { readonly mark: TimelineMark; readonly isBad: boolean }) {
  const Icon = isBad ? X : ICONS[mark.state];
  return (
    <li className={styles.mark} data-state={mark.state}>
      <span className={styles.dot} data-tone={isBad ? 'bad' : undefined}>
        <Icon size={12} strokeWidth={3} aria-hidden />
      </span>
      <span className={styles.step}>{mark.word}</span>
      <span className={styles.instant}>
        {mark.at === null ? WORDS[mark.state] : <RelativeTime at={mark.at} show="clock" />}
      </span>
      {mark.afterMs !== null && <span className={styles.after}>{formatDuration(mark.afterMs)} later</span>}
    </li>
  );
}
