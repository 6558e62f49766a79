import styles from './progress-bar.module.css';

export interface ProgressBarProps {
  readonly label: string;
  /** 0 to 1; null: nobody knows yet how much there is. */
  readonly share: number | null;
  /** In words, for those who do not see the bar. */
  readonly value?: string;
  readonly tone?: 'run' | 'ok' | 'warn' | 'bad' | 'idle';
}

/** How far something is. */
export function ProgressBar({ label, share, value, tone = 'run' }: ProgressBarProps) {
  return (
    <div
      className={styles.track}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      {...(share === null ? {} : { 'aria-valuenow': Math.round(share * 100) })}
      {...(value === undefined ? {} : { 'aria-valuetext': value })}
    >
      <div
        className={share === null ? styles.unknown : styles.bar}
        data-tone={tone}
        style={share === null ? undefined : { transform: `scaleX(${Math.min(1, Math.max(0, share))})` }}
      />
    </div>
  );
}

/** How much of something is taken: space, places. Not progress: it need not end. */
export function UsageBar({
  label,
  share,
  value,
  tone = 'idle',
}: ProgressBarProps & { readonly share: number }) {
  return (
    <div
      className={styles.track}
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(share * 100)}
      {...(value === undefined ? {} : { 'aria-valuetext': value })}
    >
      <div
        className={styles.bar}
        data-tone={tone}
        style={{ transform: `scaleX(${Math.min(1, Math.max(0, share))})` }}
      />
    </div>
  );
}
