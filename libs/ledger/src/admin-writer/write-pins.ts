import { eq } from 'drizzle-orm';
import type { Ledger } from '../open-ledger.js';
import { snapshotPins } from '../schema.js';

/** The snapshot stays, whatever the retention says. Safe to repeat. */
export async function pinSnapshot(ledger: Ledger, snapshotId: string): Promise<void> {
  await ledger.insert(snapshotPins).values({ snapshotId }).onConflictDoNothing();
}

/** The retention decides again. Safe to repeat. */
export async function unpinSnapshot(ledger: Ledger, snapshotId: string): Promise<void> {
  await ledger.delete(snapshotPins).where(eq(snapshotPins.snapshotId, snapshotId));
}
