import { eq } from 'drizzle-orm';
import type { Ledger } from '../open-ledger.js';
import type { VaultRow } from '../reading/read-vaults.js';
import { vaults } from '../schema.js';

export interface AnnouncedVault {
  readonly id: string;
  readonly name: string;
  readonly layout: 'folders' | 'packs';
  readonly publicKey: string;
}

/** Remembers a vault and pins its key at first sight; resolves with what is pinned, which the caller compares. */
export async function pinVault(ledger: Ledger, announced: AnnouncedVault): Promise<VaultRow> {
  await ledger.insert(vaults).values(announced).onConflictDoNothing();
  const [row] = await ledger.select().from(vaults).where(eq(vaults.id, announced.id));
  if (row!.name !== announced.name && row!.publicKey === announced.publicKey)
    await ledger.update(vaults).set({ name: announced.name }).where(eq(vaults.id, announced.id));
  return row!;
}

/** The key that was pinned for a vault, PEM; null if the vault was never seen. */
export async function pinnedKey(ledger: Ledger, vaultId: string): Promise<string | null> {
  const [row] = await ledger
    .select({ publicKey: vaults.publicKey })
    .from(vaults)
    .where(eq(vaults.id, vaultId));
  return row?.publicKey ?? null;
}
