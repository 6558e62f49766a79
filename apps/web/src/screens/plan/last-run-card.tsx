import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { apiQuery } from '../../api/queries.js';
import { Skeleton } from '../../design/feedback/skeleton.js';
import { Card } from '../../design/page/card.js';
import { ProgressBar } from '../../design/progress/progress-bar.js';
import { StateBadge } from '../../design/state/state-badge.js';
import { runLooks } from '../../design/state/states.js';
import { Duration } from '../../design/time/duration.js';
import { RelativeTime } from '../../design/time/relative-time.js';
import { Sentence } from '../../design/time/sentence.js';
import { countOf, formatBytes } from '../../format/sizes.js';
import { useProgress } from '../../live/live.js';
import { shareOf } from '../run/progress-words.js';
import styles from './plan.module.css';

/** The newest backup, or the one under way. */
export function LastRunCard({ planId }: { readonly planId: string }) {
  const runs = useQuery({
    ...apiQuery('GET /runs', { query: { planId, kind: 'backup', limit: 1 } }),
    // One that begins by itself is seen here.
    refetchInterval: 15_000,
  });
  const run = runs.data?.items[0];
  const progress = useProgress(run?.id ?? '');
  return (
    <Card
      title="Last backup"
      aside={
        run && (
          <Link to="/runs/$runId" params={{ runId: run.id }}>
            Show run
          </Link>
        )
      }
    >
      {runs.isPending ? (
        <Skeleton height="3rem" />
      ) : !run ? (
        <p className={styles.words}>Nothing has run yet.</p>
      ) : (
        <div className={styles.safety}>
          <p className={styles.lastRun}>
            <StateBadge look={runLooks[run.state]} kind="soft" />
            <RelativeTime at={run.finishedAt ?? run.scheduledFor} />
          </p>
          {run.state === 'running' && (
            <ProgressBar label="Progress" share={progress ? shareOf(progress) : null} />
          )}
          {run.reason && (
            <p className={styles.words}>
              <Sentence text={run.reason} />
            </p>
          )}
          {run.snapshot && (
            <p className={styles.words}>
              {countOf(run.counts.files, 'file')}, {formatBytes(run.counts.bytesStored)} new, in{' '}
              <Duration milliseconds={run.durationMs} />
            </p>
          )}
        </div>
      )}
    </Card>
  );
}
