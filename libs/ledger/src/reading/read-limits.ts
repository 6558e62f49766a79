import { eq } from 'drizzle-orm';
import type { Bandwidth, VaultLimits } from '@periodic-backup/contracts';
import type { Ledger } from '../open-ledger.js';
import { agentLimits, vaultLimits } from '../schema.js';

const UNLIMITED: VaultLimits = { maxRuns: null, bytesPerSecond: null };

/** What limits all runs of an agent together; null if nothing. */
export async function agentBandwidth(ledger: Ledger, agentId: string): Promise<Bandwidth | null> {
  const [row] = await ledger.select().from(agentLimits).where(eq(agentLimits.agentId, agentId));
  return row?.bandwidth ?? null;
}

/** The same of every agent that was ever given a limit. */
export async function agentBandwidths(ledger: Ledger): Promise<Map<string, Bandwidth | null>> {
  const rows = await ledger.select().from(agentLimits);
  return new Map(rows.map(({ agentId, bandwidth }) => [agentId, bandwidth]));
}

export async function vaultLimitsOf(ledger: Ledger, vaultId: string): Promise<VaultLimits> {
  return (await allVaultLimits(ledger, vaultId)).get(vaultId) ?? UNLIMITED;
}

/** The limits of every vault that was ever given one; of one vault if named. */
export async function allVaultLimits(ledger: Ledger, vaultId?: string): Promise<Map<string, VaultLimits>> {
  const rows = await ledger
    .select()
    .from(vaultLimits)
    .where(vaultId === undefined ? undefined : eq(vaultLimits.vaultId, vaultId));
  return new Map(rows.map(({ vaultId: id, maxRuns, bytesPerSecond }) => [id, { maxRuns, bytesPerSecond }]));
}
