import type { PlanPreview } from '@periodic-backup/contracts/http';
import { UsageBar } from '../../design/progress/progress-bar.js';
import { formatBytes } from '../../format/sizes.js';
import styles from './plan-form.module.css';

export interface VaultRoomProps {
  readonly vault: NonNullable<PlanPreview['vault']>;
  /** What the first run brings; null: nobody knows. */
  readonly bytes: number | null;
}

/** How full the vault is, and would be. */
export function VaultRoom({ vault: { name, freeBytes, totalBytes }, bytes }: VaultRoomProps) {
  if (freeBytes === null || totalBytes === null || totalBytes === 0) return null;
  const after = bytes === null ? null : freeBytes - bytes;
  const isTight = after !== null && after < totalBytes * 0.05;
  const words = [
    `${formatBytes(freeBytes)} of ${formatBytes(totalBytes)} free`,
    ...(after === null
      ? []
      : [
          after < 0
            ? 'too little for the first snapshot'
            : `about ${formatBytes(after)} after the first snapshot`,
        ]),
  ].join(', ');
  return (
    <div className={styles.room}>
      <UsageBar
        label={`Space of ${name}`}
        share={1 - Math.max(0, after ?? freeBytes) / totalBytes}
        value={words}
        tone={after !== null && after < 0 ? 'bad' : isTight ? 'warn' : 'idle'}
      />
      <p className={styles.words}>{words}.</p>
    </div>
  );
}
