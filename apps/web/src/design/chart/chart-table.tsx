import { formatExact } from '../../format/instants.js';
import type { ChartData } from './chart-data.js';
import styles from './chart.module.css';

/** The same figures to read, newest first. */
export function ChartTable({ times, series, format, title }: ChartData & { readonly title: string }) {
  return (
    <div className={styles.tableFrame} tabIndex={0} role="region" aria-label={`${title}, as a table`}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">When</th>
            {series.map(({ label }) => (
              <th key={label} scope="col">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {times
            .map((time, index) => (
              <tr key={time}>
                <td>{formatExact(new Date(time * 1000))}</td>
                {series.map(({ label, values }) => {
                  const value = values[index] ?? null;
                  return <td key={label}>{value === null ? '–' : format(value)}</td>;
                })}
              </tr>
            ))
            .reverse()}
        </tbody>
      </table>
    </div>
  );
}
