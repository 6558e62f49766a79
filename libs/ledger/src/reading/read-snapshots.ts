import { and, desc, eq, sql } from 'drizzle-orm';
import type { SnapshotView } from '@periodic-backup/contracts';
import { cutPage, decodeCursor, type KeysetPage, type PageRequest } from '../keyset-cursor.js';
import type { Ledger } from '../open-ledger.js';
import { snapshots } from '../schema.js';

/** Snapshots that receipts spoke of, newest first. @throws CursorError */
export async function listSnapshots(
  ledger: Ledger,
  { limit, cursor, planId }: PageRequest & { readonly planId?: string | undefined },
): Promise<KeysetPage<SnapshotView>> {
  const before = cursor === undefined ? undefined : decodeCursor(cursor);
  const rows = await ledger
    .select()
    .from(snapshots)
    .where(
      and(
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
    (row) => ({ ...row, committedAt: row.committedAt.toISOString() }),
  );
}
