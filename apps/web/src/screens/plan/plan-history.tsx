import { useParams, useSearch } from '@tanstack/react-router';
import { LastRunCard } from './last-run-card.js';
import { PlanCharts } from './plan-charts.js';
import { PromisesCard } from './promises-card.js';
import { SafetyCard } from './safety-card.js';
import { StripCard } from './strip-card.js';
import styles from './plan.module.css';

/** How a plan went: what it holds against what it promised, its last due times, and its figures over time. */
export function PlanHistory() {
  const { planId } = useParams({ from: '/shell/plans/$planId' });
  const { days = 30 } = useSearch({ from: '/shell/plans/$planId/' });
  return (
    <div className={styles.history}>
      <div className={styles.top}>
        <SafetyCard planId={planId} />
        <StripCard planId={planId} />
        <LastRunCard planId={planId} />
      </div>
      <div className={styles.main}>
        <PlanCharts planId={planId} days={days} />
        <PromisesCard planId={planId} days={days} />
      </div>
    </div>
  );
}
