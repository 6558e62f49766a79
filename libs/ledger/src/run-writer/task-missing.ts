import { and, asc, inArray, isNull, lt, notInArray } from 'drizzle-orm';
import type { Ledger } from '../open-ledger.js';
import { snapshots } from '../schema.js';

/** Snapshots of these plans, which share a place, that should be there and are not among those `seen`, committed before `before`; oldest first. */
export async function snapshotsNotSeen(
  ledger: Ledger,
  planIds: readonly string[],
  { seen, before, limit }: { seen: readonly string[]; before: Date; limit: number },
): Promise<string[]> {
  const rows = await ledger
    .select({ snapshot: snapshots.snapshot })
    .from(snapshots)
    .where(
      and(
        inArray(snapshots.planId, [...planIds]),
        isNull(snapshots.removedAt),
        lt(snapshots.committedAt, before),
        seen.length === 0 ? undefined : notInArray(snapshots.snapshot, [...seen]),
      ),
    )
    .orderBy(asc(snapshots.committedAt))
    .limit(limit);
  return rows.map(({ snapshot }) => snapshot);
}
