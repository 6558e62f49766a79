import {
  retentionDecisions,
  retentionTimezone,
  type PruneTask,
  type RetentionSnapshot,
} from '@periodic-backup/contracts';
import type { PlanRow } from '@periodic-backup/ledger';

/** Snapshots that the policy of a plan lets go at `now`, oldest first. */
export function prunable(
  { retention, schedule }: Pick<PlanRow, 'retention' | 'schedule'>,
  snapshots: readonly RetentionSnapshot[],
  now: Date,
): string[] {
  const timezone = retentionTimezone(retention, schedule);
  return retentionDecisions(snapshots, retention, { timezone, now })
    .filter(({ removable }) => removable)
    .map(({ snapshot }) => snapshot)
    .reverse();
}

/**
 * What of a task may still be removed, for between the wish and its job people pin snapshots and change policies. What
 * a person named goes but for pinned ones; the newest snapshot never does.
 */
export function stillPrunable(
  { snapshots: wanted }: PruneTask,
  present: readonly RetentionSnapshot[],
  /** The plan whose policy wanted it; null: a person did. */
  plan: Pick<PlanRow, 'retention' | 'schedule'> | null,
  now: Date,
): string[] {
  const allowed = new Set(plan ? prunable(plan, present, now) : unpinnedButNewest(present));
  return wanted.filter((snapshot) => allowed.has(snapshot));
}

function unpinnedButNewest(present: readonly RetentionSnapshot[]): string[] {
  const newest = Math.max(...present.map(instantOf));
  return present
    .filter((snapshot) => !snapshot.pinned && instantOf(snapshot) < newest)
    .map(({ snapshot }) => snapshot);
}

function instantOf({ committedAt }: RetentionSnapshot): number {
  return new Date(committedAt).getTime();
}
