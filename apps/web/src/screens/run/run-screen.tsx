import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { isPassing, isStatus } from '../../api/problems.js';
import { apiQuery } from '../../api/queries.js';
import { ErrorState } from '../../design/feedback/error-state.js';
import { SkeletonRows } from '../../design/feedback/skeleton.js';
import { Page } from '../../design/page/page.js';
import { StateBadge } from '../../design/state/state-badge.js';
import { runLooks } from '../../design/state/states.js';
import { RelativeTime } from '../../design/time/relative-time.js';
import { Sentence } from '../../design/time/sentence.js';
import { isFinal } from '../../live/final-states.js';
import { AttemptsCard } from './attempts-card.js';
import { CountsCard } from './counts-card.js';
import { ProblemsCard } from './problems-card.js';
import { ProgressCard } from './progress-card.js';
import { ReceiptCard } from './receipt-card.js';
import { RunActions } from './run-actions.js';
import { TimelineCard } from './timeline-card.js';
import { runTitle } from './run-words.js';
import styles from './run.module.css';

/** A run that is not final is also looked at without an event: an agent that died sends none. */
const LOOK_AGAIN_MS = 10_000;
/** What was just asked for is a run only when the scheduler has taken it up: until then the API knows of none. */
const TAKEN_UP_MS = 500;
const TAKEN_UP_LOOKS = 60;

/** A run: where it is, what it moved, what it could not, and what proves it. */
export function RunScreen() {
  const { runId } = useParams({ from: '/shell/runs/$runId' });
  const run = useQuery({
    ...apiQuery('GET /runs/{id}', { params: { id: runId } }),
    refetchInterval: ({ state: { data } }) => (data && isFinal(data.state) ? false : LOOK_AGAIN_MS),
    retry: (failures, error) => failures < (isStatus(error, 404) ? TAKEN_UP_LOOKS : isPassing(error) ? 2 : 0),
    retryDelay: TAKEN_UP_MS,
  });
  const parent = <Link to="/runs">Runs</Link>;
  const { data } = run;
  if (data === undefined)
    return (
      <Page
        title="Run"
        parent={parent}
        subtitle={
          run.isPending && run.failureCount > 0
            ? 'Waiting for the scheduler to take it up. That takes a moment.'
            : undefined
        }
      >
        {run.isError ? (
          <ErrorState error={run.error} onRetry={() => void run.refetch()} />
        ) : (
          <SkeletonRows what="the run" />
        )}
      </Page>
    );
  return (
    <Page
      title={runTitle(data)}
      parent={parent}
      badge={<StateBadge look={runLooks[data.state]} kind="soft" />}
      subtitle={
        <>
          <Link to="/plans/$planId" params={{ planId: data.planId }}>
            {data.planName}
          </Link>{' '}
          of {data.agentId}, {data.trigger === 'manual' ? 'asked for' : 'due'}{' '}
          <RelativeTime at={data.scheduledFor} />
          {data.reason && !data.error && (
            <>
              {' · '}
              <Sentence text={data.reason} />
            </>
          )}
        </>
      }
      actions={<RunActions run={data} />}
    >
      <div className={styles.screen}>
        <TimelineCard run={data} />
        {data.state === 'running' && <ProgressCard run={data} />}
        <ProblemsCard run={data} />
        <div className={styles.columns}>
          <CountsCard run={data} />
          <div className={styles.column}>
            <ReceiptCard run={data} />
            <AttemptsCard run={data} />
          </div>
        </div>
      </div>
    </Page>
  );
}
