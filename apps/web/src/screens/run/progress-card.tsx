import type { RunDetail } from '@periodic-backup/contracts/http';
import { Card } from '../../design/page/card.js';
import { ProgressBar } from '../../design/progress/progress-bar.js';
import { Elapsed } from '../../design/time/duration.js';
import { formatAge } from '../../format/durations.js';
import { formatBytes, formatCount, formatPercent, formatRate } from '../../format/sizes.js';
import { useProgress } from '../../live/live.js';
import { shareOf } from './progress-words.js';
import { Figure } from './figure.js';
import styles from './run.module.css';

/** How far a run is, as it moves. */
export function ProgressCard({ run }: { readonly run: RunDetail }) {
  const live = useProgress(run.id);
  const progress = live ?? run.progress;
  const share = progress ? shareOf(progress) : null;
  return (
    <Card
      title="Under way"
      aside={<span className={styles.words}>You can close this page: the run goes on without it.</span>}
    >
      <div className={styles.progress}>
        <div className={styles.barLine}>
          <ProgressBar
            label="Progress of the run"
            share={share}
            {...(share === null ? {} : { value: formatPercent(share) })}
          />
          <span className={styles.percent}>{share === null ? '' : formatPercent(share)}</span>
        </div>
        <dl className={styles.figures}>
          <Figure name="Files" of={told(progress?.filesTotal, formatCount)}>
            {progress ? formatCount(progress.filesDone) : '–'}
          </Figure>
          <Figure name="Content" of={told(progress?.bytesTotal, formatBytes)}>
            {progress ? formatBytes(progress.bytesDone) : '–'}
          </Figure>
          <Figure name="Rate">{progress ? formatRate(progress.bytesPerSecond) : '–'}</Figure>
          <Figure name="Running for">{run.startedAt ? <Elapsed since={run.startedAt} /> : '–'}</Figure>
          <Figure name="Left">{told(progress?.secondsLeft, formatAge) ?? 'not known yet'}</Figure>
        </dl>
        <p className={styles.path}>{progress?.currentPath ?? ' '}</p>
      </div>
    </Card>
  );
}

/** In words; null: nobody knows it yet. */
function told(value: number | null | undefined, words: (value: number) => string): string | null {
  return typeof value === 'number' ? words(value) : null;
}
