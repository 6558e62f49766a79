import { useQuery } from '@tanstack/react-query';
import { apiQuery } from '../../api/queries.js';
import { Skeleton } from '../../design/feedback/skeleton.js';
import { Card } from '../../design/page/card.js';
import { UsageBar } from '../../design/progress/progress-bar.js';
import { RelativeTime } from '../../design/time/relative-time.js';
import { formatAge } from '../../format/durations.js';
import { useOfNow } from '../../live/use-now.js';
import styles from './plan.module.css';

/** The newest good snapshot against the age that was promised. */
export function SafetyCard({ planId }: { readonly planId: string }) {
  const { data } = useQuery(apiQuery('GET /plans/{id}/health', { params: { id: planId } }));
  const committedAt = data?.recoveryPoint.committedAt ?? null;
  const age = useOfNow((now) =>
    committedAt === null ? null : Math.max(0, Math.floor((now.getTime() - Date.parse(committedAt)) / 1000)),
  );
  if (!data)
    return (
      <Card title="Newest good snapshot">
        <Skeleton height="3rem" />
      </Card>
    );
  const { promisedSeconds, broken } = data.recoveryPoint;
  return (
    <Card title="Newest good snapshot">
      {committedAt === null || age === null ? (
        <p className={styles.figure}>none yet</p>
      ) : (
        <div className={styles.safety}>
          <p className={styles.figure} data-bad={broken}>
            {formatAge(age)} old
          </p>
          <UsageBar
            label="Age against the promise"
            share={Math.min(1, age / promisedSeconds)}
            value={`${formatAge(age)} of ${formatAge(promisedSeconds)}`}
            tone={broken ? 'bad' : age / promisedSeconds > 0.8 ? 'warn' : 'ok'}
          />
          <p className={styles.words}>
            <RelativeTime at={committedAt} show="clock" />, promised: at most {formatAge(promisedSeconds)} old
          </p>
        </div>
      )}
    </Card>
  );
}
