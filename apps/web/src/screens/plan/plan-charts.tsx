import { useQuery } from '@tanstack/react-query';
import { ChartLine } from 'lucide-react';
import { useMemo } from 'react';
import { apiQuery } from '../../api/queries.js';
import { Chart } from '../../design/chart/chart.js';
import { EmptyState } from '../../design/feedback/empty-state.js';
import { ErrorState } from '../../design/feedback/error-state.js';
import { SkeletonRows } from '../../design/feedback/skeleton.js';
import { Card } from '../../design/page/card.js';
import { chartsOf } from './chart-series.js';
import { PeriodTabs } from './period-tabs.js';
import { sinceOf } from './period.js';
import styles from './plan.module.css';

const POINTS = 200;

export interface PlanChartsProps {
  readonly planId: string;
  readonly days: number;
}

/** Duration, bytes and files of the backups over time, and how long restores took when they were tested. */
export function PlanCharts({ planId, days }: PlanChartsProps) {
  const since = sinceOf(days);
  const figures = useQuery(
    apiQuery('GET /plans/{id}/figures', { params: { id: planId }, query: { since, points: POINTS } }),
  );
  const charts = useMemo(() => (figures.data ? chartsOf(figures.data) : []), [figures.data]);
  return (
    <Card title="Over time" aside={<PeriodTabs planId={planId} days={days} />}>
      {figures.isError ? (
        <ErrorState error={figures.error} onRetry={() => void figures.refetch()} />
      ) : figures.isPending ? (
        <SkeletonRows what="the charts" />
      ) : charts.length === 0 ? (
        <EmptyState icon={ChartLine} title="Nothing ran in this time" />
      ) : (
        <div className={styles.charts}>
          {charts.map((chart) => (
            <Chart key={chart.title} {...chart} height={150} />
          ))}
        </div>
      )}
    </Card>
  );
}
