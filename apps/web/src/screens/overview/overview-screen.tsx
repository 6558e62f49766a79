import type { Overview } from '@periodic-backup/contracts/http';
import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { apiQuery } from '../../api/queries.js';
import { useMay } from '../../api/use-may.js';
import { ButtonLink } from '../../design/button/button-link.js';
import { ErrorState } from '../../design/feedback/error-state.js';
import { SkeletonRows } from '../../design/feedback/skeleton.js';
import { Card } from '../../design/page/card.js';
import { Page } from '../../design/page/page.js';
import { AttentionList } from './attention-list.js';
import { FirstSteps } from './first-steps.js';
import { Machines } from './machines.js';
import { OverviewSkeleton } from './overview-skeleton.js';
import { RunningNow } from './running-now.js';
import { StorageCard } from './storage-card.js';
import { UnprotectedCard } from './unprotected-card.js';
import { Verdict } from './verdict.js';
import styles from './overview.module.css';

/** The table comes after the answer. */
const PlansAtAGlance = lazy(() =>
  import('./plans-at-a-glance.js').then((module) => ({ default: module.PlansAtAGlance })),
);

/** Events bring most changes at once; that somebody went silent brings none. */
const REFRESH_MS = 20_000;

/** Is everything safe? And if not: what is wrong, and what to do about it. */
export function OverviewScreen() {
  const { data, error, refetch } = useQuery({
    ...apiQuery('GET /overview'),
    refetchInterval: REFRESH_MS,
  });
  const mayAdd = useMay('operate');
  return (
    <Page
      title="Overview"
      actions={
        mayAdd && (
          <ButtonLink to="/plans/new" icon={Plus}>
            New plan
          </ButtonLink>
        )
      }
    >
      {data ? (
        <Answer overview={data} />
      ) : error ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : (
        <OverviewSkeleton />
      )}
    </Page>
  );
}

function Answer({ overview }: { readonly overview: Overview }) {
  const { attention, running, waiting, unprotected, setup, vaults } = overview;
  const allDone = Object.values(setup).every(Boolean);
  return (
    <div className={styles.grid}>
      <div className={styles.whole}>
        <Verdict overview={overview} />
      </div>
      <div className={styles.main}>
        {!allDone && <FirstSteps setup={setup} />}
        {attention.total > 0 && <AttentionList attention={attention} />}
        {running.total + waiting.total > 0 && <RunningNow running={running} waiting={waiting} />}
        {overview.plans.total > 0 && (
          <Suspense fallback={<PlansToCome />}>
            <PlansAtAGlance total={overview.plans.total} />
          </Suspense>
        )}
      </div>
      <div className={styles.aside}>
        {vaults.length > 0 && <StorageCard vaults={vaults} />}
        <Machines overview={overview} />
        {unprotected.total > 0 && <UnprotectedCard unprotected={unprotected} />}
      </div>
    </div>
  );
}

function PlansToCome() {
  return (
    <Card title="Plans" padding="none">
      <SkeletonRows what="plans" />
    </Card>
  );
}
