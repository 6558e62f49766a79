import type { PlanPromises } from '@periodic-backup/contracts/http';
import { useQuery } from '@tanstack/react-query';
import { apiQuery } from '../../api/queries.js';
import { ErrorState } from '../../design/feedback/error-state.js';
import { SkeletonRows } from '../../design/feedback/skeleton.js';
import { Card } from '../../design/page/card.js';
import { Fact, Facts } from '../../design/page/facts.js';
import { StateBadge } from '../../design/state/state-badge.js';
import { runLooks } from '../../design/state/states.js';
import { formatAge } from '../../format/durations.js';
import { formatCount } from '../../format/sizes.js';
import { sinceOf } from './period.js';
import styles from './plan.module.css';

export interface PromisesCardProps {
  readonly planId: string;
  readonly days: number;
}

/** What was expected in a period, and what was kept of it. */
export function PromisesCard({ planId, days }: PromisesCardProps) {
  const promises = useQuery(
    apiQuery('GET /plans/{id}/promises', { params: { id: planId }, query: { from: sinceOf(days) } }),
  );
  return (
    <Card title="Promised and kept">
      {promises.isError ? (
        <ErrorState error={promises.error} onRetry={() => void promises.refetch()} />
      ) : promises.data ? (
        <Kept promises={promises.data} />
      ) : (
        <SkeletonRows rows={5} what="what was promised" />
      )}
    </Card>
  );
}

function Kept({ promises }: { readonly promises: PlanPromises }) {
  const { expected, committed, partial, failed, cancelled, missed, open, late, byHand, verified } = promises;
  const { longestGapSeconds, recoveryPoint, reasons } = promises;
  const counts: readonly (readonly [name: string, count: number, always: boolean])[] = [
    ['Expected', expected, true],
    ['Committed', committed, true],
    ['Partial', partial, false],
    ['Failed', failed, true],
    ['Missed', missed, true],
    ['Cancelled', cancelled, false],
    ['Not ended yet', open, false],
    ['Late', late, false],
    ['By hand, beside these', byHand, false],
    ['Read again and found intact', verified, true],
  ];
  return (
    <div className={styles.kept}>
      <Facts>
        {counts
          .filter(([, count, always]) => always || count > 0)
          .map(([name, count]) => (
            <Fact key={name} name={name}>
              <span className={styles.count}>{formatCount(count)}</span>
            </Fact>
          ))}
        <Fact name="Longest gap">
          {longestGapSeconds === null ? '–' : formatAge(longestGapSeconds)}
          {longestGapSeconds !== null && longestGapSeconds > recoveryPoint.promisedSeconds && (
            <span className={styles.beyond}>
              {' '}
              more than the {formatAge(recoveryPoint.promisedSeconds)} promised
            </span>
          )}
        </Fact>
      </Facts>
      {reasons.length > 0 && (
        <div>
          <h3 className={styles.sub}>Why not</h3>
          <ul className={styles.reasons}>
            {reasons.map(({ state, reason, count }) => (
              <li key={`${state} ${reason}`}>
                <StateBadge look={runLooks[state]} />
                <span>
                  {reason} {count > 1 && <span className={styles.words}>({formatCount(count)} times)</span>}
                </span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}
