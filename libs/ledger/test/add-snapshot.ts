import { randomUUID } from 'node:crypto';
import type { SnapshotCounts } from '@periodic-backup/contracts';
import type { Ledger } from '../src/open-ledger.js';
import { snapshots } from '../src/schema.js';

/** A snapshot as the scheduler would have recorded it; resolves with its name. */
export async function addSnapshot(
  ledger: Ledger,
  planId: string,
  committedAt: Date,
  changes: Partial<typeof snapshots.$inferInsert> = {},
): Promise<string> {
  const snapshot = committedAt.toISOString().replace(/:|\.\d+/g, '');
  await ledger.insert(snapshots).values({
    id: randomUUID(),
    ...{ planId, vaultId: randomUUID(), runId: randomUUID(), snapshot, manifestDigest: '', committedAt },
    ...{ agentId: 'laptop', agentFolder: 'laptop', planFolder: 'documents', counts: {} as SnapshotCounts },
    ...changes,
  });
  return snapshot;
}
