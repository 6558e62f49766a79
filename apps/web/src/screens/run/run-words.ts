import type { Run, RunDetail } from '@periodic-backup/contracts/http';

const TITLES: Readonly<Record<Run['kind'], string>> = {
  backup: 'Backup',
  restore: 'Restore',
  verify: 'Verification',
  prune: 'Removal of old snapshots',
  drill: 'Test of a restore',
};

/** What a run is, with the plan it is for: `Backup of documents`. */
export function runTitle({ kind, planName }: Pick<RunDetail, 'kind' | 'planName'>): string {
  return `${TITLES[kind]} of ${planName}`;
}
