import type { Overview, OverviewRun } from '@periodic-backup/contracts/http';
import { Link } from '@tanstack/react-router';
import { Card } from '../../design/page/card.js';
import { ProgressBar } from '../../design/progress/progress-bar.js';
import { StateBadge } from '../../design/state/state-badge.js';
import { runLooks } from '../../design/state/states.js';
import { Elapsed } from '../../design/time/duration.js';
import { Sentence } from '../../design/time/sentence.js';
import { formatAge } from '../../format/durations.js';
import { formatBytes, formatCount, formatPercent, formatRate } from '../../format/sizes.js';
import { useProgress } from '../../live/live.js';
import styles from './running-now.module.css';

const SHOWN = 6;
const WAITING_SHOWN = 3;

/** What moves at this moment, and what waits for its turn. */
export function RunningNow({ running, waiting }: Pick<Overview, 'running' | 'waiting'>) {
  const more =
    running.total + waiting.total - Math.min(running.total, SHOWN) - Math.min(waiting.total, WAITING_SHOWN);
  return (
    <Card
      title="Running now"
      aside={
        <Link to="/runs" search={{ state: ['running', 'queued', 'waiting'] }}>
          {more > 0 ? `All ${formatCount(running.total + waiting.total)}` : 'Show in runs'}
        </Link>
      }
      padding="none"
    >
      <ul className={styles.list}>
        {running.items.slice(0, SHOWN).map((run) => (
          <RunningRow key={run.runId} run={run} />
        ))}
        {waiting.items.slice(0, WAITING_SHOWN).map((run) => (
          <li key={run.runId} className={styles.row}>
            <Name run={run} />
            <p className={styles.figures}>
              <StateBadge look={runLooks.waiting} /> {run.reason && <Sentence text={run.reason} />}
            </p>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function RunningRow({ run }: { readonly run: OverviewRun }) {
  const live = useProgress(run.runId);
  const progress = live ?? run.progress;
  const share = progress ? shareOf(progress) : null;
  return (
    <li className={styles.row}>
      <Name run={run} />
      <div className={styles.progress}>
        <ProgressBar
          label={`${run.planName}: ${run.kind}`}
          share={share}
          {...(share === null ? {} : { value: formatPercent(share) })}
        />
        <span className={styles.percent}>{share === null ? '' : formatPercent(share)}</span>
      </div>
      {progress ? (
        <dl className={styles.figures}>
          <Figure name="Files">
            {formatCount(progress.filesDone)}
            {progress.filesTotal !== null && <i> of {formatCount(progress.filesTotal)}</i>}
          </Figure>
          <Figure name="Content">
            {formatBytes(progress.bytesDone)}
            {progress.bytesTotal !== null && <i> of {formatBytes(progress.bytesTotal)}</i>}
          </Figure>
          <Figure name="Rate">{formatRate(progress.bytesPerSecond)}</Figure>
          <Figure name="Left">
            {progress.secondsLeft === null ? 'not known yet' : formatAge(progress.secondsLeft)}
          </Figure>
        </dl>
      ) : (
        <p className={styles.figures}>
          {run.state === 'queued'
            ? `Queued at ${run.agentId}`
            : run.startedAt && (
                <span>
                  for <Elapsed since={run.startedAt} />
                </span>
              )}
        </p>
      )}
    </li>
  );
}

function Name({ run }: { readonly run: OverviewRun }) {
  return (
    <p className={styles.name}>
      <Link to="/runs/$runId" params={{ runId: run.runId }}>
        {run.planName}
      </Link>{' '}
      <span className={styles.place}>
        {run.kind === 'backup' ? '' : `${run.kind} · `}
        {run.agentId}
        {run.receiverId && ` → ${run.receiverId}`}
      </span>
    </p>
  );
}

function Figure({ name, children }: { readonly name: string; readonly children: React.ReactNode }) {
  return (
    <div className={styles.figure}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** By bytes where they are known: files differ in size. */
function shareOf({
  bytesDone,
  bytesTotal,
  filesDone,
  filesTotal,
}: NonNullable<OverviewRun['progress']>): number | null {
  if (bytesTotal) return Math.min(1, bytesDone / bytesTotal);
  return filesTotal ? Math.min(1, filesDone / filesTotal) : null;
}
