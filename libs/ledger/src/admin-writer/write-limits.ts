import { sql } from 'drizzle-orm';
import type { Bandwidth, VaultLimits } from '@periodic-backup/contracts';
import type { Ledger } from '../open-ledger.js';
import { agentLimits, vaultLimits } from '../schema.js';

/** The limit of all runs of an agent together; null takes it away. */
export async function setAgentBandwidth(
  ledger: Ledger,
  agentId: string,
  bandwidth: Bandwidth | null,
): Promise<void> {
  await ledger
    .insert(agentLimits)
    .values({ agentId, bandwidth })
    .onConflictDoUpdate({ target: agentLimits.agentId, set: { bandwidth, updatedAt: sql`now()` } });
}

/** The limits of a vault; what is left out stays, null takes one away. */
export async function setVaultLimits(
  ledger: Ledger,
  vaultId: string,
  { maxRuns, bytesPerSecond }: { [Limit in keyof VaultLimits]?: VaultLimits[Limit] | undefined },
): Promise<void> {
  const change = {
    ...(maxRuns === undefined ? {} : { maxRuns }),
    ...(bytesPerSecond === undefined ? {} : { bytesPerSecond }),
  };
  await ledger
    .insert(vaultLimits)
    .values({ vaultId, ...change })
    .onConflictDoUpdate({ target: vaultLimits.vaultId, set: { ...change, updatedAt: sql`now()` } });
}
