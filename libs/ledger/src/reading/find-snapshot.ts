import { and, count, desc, eq, getTableColumns, isNull } from 'drizzle-orm';
import type { SnapshotView } from '@periodic-backup/contracts';
import type { Ledger } from '../open-ledger.js';
import { snapshotPins, snapshots } from '../schema.js';
import { toSnapshotView } from './read-snapshots.js';

/** A snapshot that a receipt spoke of, removed ones too. */
export async function getSnapshot(ledger: Ledger, snapshotId: string): Promise<SnapshotView | null> {
  const [row] = await ledger
    .select({ ...getTableColumns(snapshots), pinnedAt: snapshotPins.pinnedAt })
    .from(snapshots)
    .leftJoin(snapshotPins, eq(snapshotPins.snapshotId, snapshots.id))
    .where(eq(snapshots.id, snapshotId));
  if (!row) return null;
  const { pinnedAt, ...columns } = row;
  return toSnapshotView(columns, pinnedAt !== null);
}

/** The plan's newest snapshot that is still there. */
export async function newestSnapshot(ledger: Ledger, planId: string): Promise<SnapshotView | null> {
  const [row] = await ledger
    .select({ id: snapshots.id })
    .from(snapshots)
    .where(and(eq(snapshots.planId, planId), isNull(snapshots.removedAt)))
    .orderBy(desc(snapshots.committedAt), desc(snapshots.id))
    .limit(1);
  return row ? getSnapshot(ledger, row.id) : null;
}

/** How many snapshots of the plan are there. */
export async function countSnapshots(ledger: Ledger, planId: string): Promise<number> {
  const [row] = await ledger
    .select({ snapshots: count() })
    .from(snapshots)
    .where(and(eq(snapshots.planId, planId), isNull(snapshots.removedAt)));
  return row?.snapshots ?? 0;
}
