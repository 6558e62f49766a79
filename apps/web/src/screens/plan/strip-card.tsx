import { useQuery } from '@tanstack/react-query';
import { apiQuery } from '../../api/queries.js';
import { Skeleton } from '../../design/feedback/skeleton.js';
import { Card } from '../../design/page/card.js';
import { TickStrip } from '../../design/strip/tick-strip.js';
import { summaryOf } from '../../design/strip/strip-summary.js';
import { RelativeTime } from '../../design/time/relative-time.js';
import { Link } from '@tanstack/react-router';
import styles from './plan.module.css';

const TICKS = 30;

/** What became of the last due times, and what comes next. */
export function StripCard({ planId }: { readonly planId: string }) {
  const strips = useQuery(apiQuery('GET /plan-strips', { query: { planIds: [planId], ticks: TICKS } }));
  const plan = useQuery(apiQuery('GET /plans/{id}', { params: { id: planId } }));
  const strip = strips.data?.items[0];
  return (
    <Card
      title={`Last ${TICKS} due times`}
      aside={
        <Link to="/plans/$planId/runs" params={{ planId }}>
          All runs
        </Link>
      }
    >
      {strip ? (
        <div className={styles.safety}>
          <TickStrip cells={strip.cells} length={TICKS} label="Last runs" />
          <p className={styles.words}>
            {summaryOf(strip.cells)}
            {strip.failuresSince > 0 && strip.lastSuccess && (
              <>
                ; {strip.failuresSince} since the last good one{' '}
                <RelativeTime at={strip.lastSuccess.finishedAt} />
              </>
            )}
          </p>
          <p className={styles.words}>
            {plan.data?.nextDueAt ? (
              <>
                Next <RelativeTime at={plan.data.nextDueAt} />
              </>
            ) : (
              'Paused: nothing is due'
            )}
          </p>
        </div>
      ) : (
        <Skeleton height="3rem" />
      )}
    </Card>
  );
}
