import { retentionTimezone, type PlanInput } from '@periodic-backup/contracts';
import { needRight, type Caller } from '../access/caller.js';

type Kept = Pick<PlanInput, 'retention' | 'schedule'>;

const AMOUNTS = [
  ...(['last', 'hourly', 'daily', 'weekly', 'monthly', 'yearly'] as const),
  ...(['withinSeconds', 'minimumAgeSeconds'] as const),
];

/** True if snapshots that stay by the one policy may be removed by the other. Days cut elsewhere keep others. */
export function retentionShrinks(before: Kept, after: Kept): boolean {
  const [old, next] = [before.retention, after.retention];
  if (next === null) return false;
  if (old === null || AMOUNTS.some((amount) => next[amount] < old[amount])) return true;
  return retentionTimezone(old, before.schedule) !== retentionTimezone(next, after.schedule);
}

/** Who lets fewer snapshots stay deletes some. @throws MissingRightError */
export function mayShrink(caller: Caller, before: Kept, after: Kept): void {
  if (retentionShrinks(before, after)) needRight(caller, 'delete', 'To keep fewer snapshots');
}
