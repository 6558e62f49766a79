import { asc, count, eq } from 'drizzle-orm';
import type { Ledger } from '../open-ledger.js';
import { snapshots, vaults } from '../schema.js';

export type VaultRow = typeof vaults.$inferSelect;

export interface VaultWithSnapshots extends VaultRow {
  /** How many the ledger knows of. */
  readonly snapshots: number;
}

/** Every vault ever announced, oldest first. */
export async function listVaults(ledger: Ledger): Promise<VaultWithSnapshots[]> {
  const counted = ledger
    .select({ vaultId: snapshots.vaultId, snapshots: count().as('snapshot_count') })
    .from(snapshots)
    .groupBy(snapshots.vaultId)
    .as('counted');
  const rows = await ledger
    .select({ vault: vaults, snapshots: counted.snapshots })
    .from(vaults)
    .leftJoin(counted, eq(counted.vaultId, vaults.id))
    .orderBy(asc(vaults.firstSeenAt), asc(vaults.id));
  return rows.map(({ vault, snapshots: known }) => ({ ...vault, snapshots: known ?? 0 }));
}

export async function getVault(ledger: Ledger, vaultId: string): Promise<VaultRow | null> {
  const [row] = await ledger.select().from(vaults).where(eq(vaults.id, vaultId));
  return row ?? null;
}
