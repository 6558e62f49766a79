import type { RunRow } from '@periodic-backup/ledger';

const HOUR_MS = 3_600_000;
/** A vault that keeps a snapshot has a reason that lasts: somebody reads it, or it holds the only copy of a file. */
export const ASK_AGAIN_MS = 6 * HOUR_MS;

type Removal = Pick<RunRow, 'state' | 'task' | 'taskResult' | 'createdAt' | 'finishedAt'>;

/**
 * Snapshots that the last removal of a plan did not remove, so that the same is not asked every few minutes: until a
 * newer snapshot changes what may go, or some hours have passed.
 */
export function refusedLately(last: Removal | null, newestSnapshotAt: Date, now: Date): Set<string> {
  if (!last?.finishedAt || last.task?.kind !== 'prune') return new Set();
  if (newestSnapshotAt > last.createdAt || now.getTime() - last.finishedAt.getTime() > ASK_AGAIN_MS)
    return new Set();
  if (last.state === 'failed' || last.state === 'cancelled') return new Set(last.task.snapshots);
  const kept = last.taskResult?.kind === 'prune' ? last.taskResult.kept : [];
  return new Set(kept.map(({ snapshot }) => snapshot));
}
