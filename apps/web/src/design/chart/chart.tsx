import { lazy, Suspense, useState } from 'react';
import { ChartLine, Table2 } from 'lucide-react';
import { Button } from '../button/button.js';
import { Skeleton } from '../feedback/skeleton.js';
import { ChartTable } from './chart-table.js';
import type { ChartData } from './chart-data.js';
import styles from './chart.module.css';

const Plot = lazy(() => import('./plot.js'));

export interface ChartProps extends ChartData {
  /** What is drawn. */
  readonly title: string;
  /** What it shows, in a sentence: the picture in words. */
  readonly summary: string;
  readonly height?: number;
}

/** Figures over time: as a picture with its meaning in words, or as a table. */
export function Chart({ title, summary, height = 200, ...data }: ChartProps) {
  const [asTable, setAsTable] = useState(false);
  return (
    <figure className={styles.chart}>
      <figcaption className={styles.caption}>
        <span className={styles.title}>{title}</span>
        <span className={styles.legend} aria-hidden>
          {data.series.map(({ label, tone }) => (
            <span key={label} className={styles.key} data-tone={tone}>
              {label}
            </span>
          ))}
        </span>
        <Button
          kind="quiet"
          size="small"
          icon={asTable ? ChartLine : Table2}
          onPress={() => setAsTable(!asTable)}
        >
          {asTable ? 'Show as chart' : 'Show as table'}
        </Button>
      </figcaption>
      {asTable ? (
        <ChartTable {...data} title={title} />
      ) : (
        <div role="img" aria-label={`${title}. ${summary}`}>
          <Suspense fallback={<Skeleton height={`${height}px`} />}>
            <Plot {...data} height={height} />
          </Suspense>
        </div>
      )}
    </figure>
  );
}
