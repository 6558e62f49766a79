import styles from './sparkline.module.css';

export interface SparklineProps {
  /** Oldest first. */
  readonly values: readonly number[];
  /** What it says, in words: `Grew from 1.2 to 1.9 GiB in 30 days`. */
  readonly label: string;
  readonly width?: number;
  readonly height?: number;
}

/** The course of a figure, no more. */
export function Sparkline({ values, label, width = 120, height = 28 }: SparklineProps) {
  const line = pathOf(values, width, height);
  return (
    <svg
      className={styles.spark}
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={label}
    >
      {line && (
        <>
          <path className={styles.area} d={`${line} L${width - 1.5} ${height} L1.5 ${height} Z`} />
          <path className={styles.line} d={line} />
        </>
      )}
    </svg>
  );
}

function pathOf(values: readonly number[], width: number, height: number): string {
  if (values.length < 2) return '';
  const low = Math.min(...values);
  const span = Math.max(...values) - low || 1;
  const points = values.map((value, index) => {
    const x = 1.5 + (index / (values.length - 1)) * (width - 3);
    const y = height - 2 - ((value - low) / span) * (height - 4);
    return `${x.toFixed(1)} ${y.toFixed(1)}`;
  });
  return `M${points.join(' L')}`;
}
