import { and, desc, eq, getTableColumns, isNull, sql } from 'drizzle-orm';
import type { SnapshotView } from '@periodic-backup/contracts';
import { cutPage, decodeCursor, type KeysetPage, type PageRequest } from '../keyset-cursor.js';
import type { Ledger } from '../open-ledger.js';
import { snapshotPins, snapshots } from '../schema.js';

/** Snapshots that receipts spoke of, newest first. @throws CursorError */
export async function listSnapshots(
  ledger: Ledger,
  { limit, cursor, planId }: PageRequest & { readonly planId?: string | undefined },
): Promise<KeysetPage<SnapshotView>> {
  const before = cursor === undefined ? undefined : decodeCursor(cursor);
  const rows = await ledger
    .select({ ...getTableColumns(snapshots), pinnedAt: snapshotPins.pinnedAt })
    .from(snapshots)
    .leftJoin(snapshotPins, eq(snapshotPins.snapshotId, snapshots.id))
    .where(
      and(
        isNull(snapshots.removedAt),
        planId === undefined ? undefined : eq(snapshots.planId, planId),
        before &&
          sql`(${snapshots.committedAt}, ${snapshots.id}) < (${before.at.toISOString()}, ${before.id})`,
      ),
    )
    .orderBy(desc(snapshots.committedAt), desc(snapshots.id))
    .limit(limit + 1);
  return cutPage(
    rows,
    limit,
    (row) => ({ at: row.committedAt, id: row.id }),
    ({ pinnedAt, ...row }) => toSnapshotView(row, pinnedAt !== null),
  );
}

export type SnapshotRow = typeof snapshots.$inferSelect;

/** A row in the shape of the contracts. */
export function toSnapshotView(row: SnapshotRow, pinned: boolean): SnapshotView {
  return {
    ...row,
    committedAt: row.committedAt.toISOString(),
    verifiedAt: row.verifiedAt?.toISOString() ?? null,
    removedAt: row.removedAt?.toISOString() ?? null,
    damages: row.damages ?? [],
    pinned,
  };
}
