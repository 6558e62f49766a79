import styles from './skeleton.module.css';

/** Takes the place of text that is on its way. */
export function Skeleton({
  width = '100%',
  height = '0.875rem',
}: {
  readonly width?: string;
  readonly height?: string;
}) {
  return <span className={styles.bone} style={{ width, height }} aria-hidden />;
}

const WIDTHS = ['62%', '48%', '71%', '55%', '66%', '43%'];

/** Takes the place of a list, and tells screen readers that it loads. */
export function SkeletonRows({ rows = 6, what }: { readonly rows?: number; readonly what: string }) {
  return (
    <div className={styles.rows} role="status" aria-label={`Loading ${what}`}>
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className={styles.row}>
          <Skeleton width={WIDTHS[row % WIDTHS.length]} />
          <Skeleton width="40%" />
          <Skeleton width="50%" />
        </div>
      ))}
    </div>
  );
}
