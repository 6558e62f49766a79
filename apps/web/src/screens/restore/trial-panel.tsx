import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { isStatus } from '../../api/problems.js';
import { apiQuery } from '../../api/queries.js';
import { Callout } from '../../design/feedback/callout.js';
import { ErrorState } from '../../design/feedback/error-state.js';
import { SkeletonRows } from '../../design/feedback/skeleton.js';
import { Card } from '../../design/page/card.js';
import { ProgressBar } from '../../design/progress/progress-bar.js';
import { runLooks } from '../../design/state/states.js';
import { StateBadge } from '../../design/state/state-badge.js';
import { isFinal } from '../../live/final-states.js';
import type { Trial } from './restore-form.js';
import { TrialResult } from './trial-result.js';
import styles from './restore.module.css';

/** Events may be lost: it is asked again. */
const ASK_AGAIN_MS = 2000;

export interface TrialPanelProps {
  readonly trial: Trial;
  /** Something was changed since. */
  readonly isOutdated: boolean;
}

/** What a dry run found, as soon as it has. */
export function TrialPanel({ trial, isOutdated }: TrialPanelProps) {
  const run = useQuery({
    ...apiQuery('GET /runs/{id}', { params: { id: trial.runId } }),
    refetchInterval: ({ state: { data } }) => (data && isFinal(data.state) ? false : ASK_AGAIN_MS),
  });
  return (
    <Card
      title="What would happen"
      aside={
        <Link to="/runs/$runId" params={{ runId: trial.runId }}>
          Show the dry run
        </Link>
      }
    >
      <div className={styles.fields} aria-live="polite">
        {isOutdated && <Callout tone="warn">Something was changed since: check again.</Callout>}
        {run.isError && !isStatus(run.error, 404) ? (
          <ErrorState error={run.error} onRetry={() => void run.refetch()} />
        ) : run.data === undefined ? (
          // Accepted, and no run yet: the scheduler makes it.
          <SkeletonRows what="the dry run" rows={2} />
        ) : !isFinal(run.data.state) ? (
          <>
            <p className={styles.state}>
              <StateBadge look={runLooks[run.data.state]} />
              <span>{run.data.reason ?? 'The agent looks at what is there.'}</span>
            </p>
            <ProgressBar label="Dry run" share={null} />
          </>
        ) : run.data.state === 'failed' || run.data.state === 'cancelled' || run.data.state === 'missed' ? (
          <Callout tone="bad" title="It would not work like this">
            {run.data.error?.message ?? run.data.reason}
          </Callout>
        ) : (
          <TrialResult run={run.data} />
        )}
      </div>
    </Card>
  );
}
