import type { ReceiverPresence, VaultLimits, VaultView } from '@periodic-backup/contracts';
import type { VaultWithSnapshots } from '@periodic-backup/ledger';
import type { Announced } from '../connections/presence.js';

const UNLIMITED: VaultLimits = { maxRuns: null, bytesPerSecond: null };

/** Vaults of the ledger with what their receivers say now, and announced ones that the scheduler has not recorded yet. */
export function vaultViews(
  known: readonly VaultWithSnapshots[],
  receivers: readonly Announced<ReceiverPresence>[],
  limits: ReadonlyMap<string, VaultLimits>,
): VaultView[] {
  const limitsOf = (vaultId: string): VaultLimits => limits.get(vaultId) ?? UNLIMITED;
  const online = receivers.filter((receiver) => receiver.online).map(({ presence }) => presence);
  const fresh = online.filter(({ vaultId }) => !known.some(({ id }) => id === vaultId));
  const unrecorded = [...new Map(fresh.map((receiver) => [receiver.vaultId, receiver])).values()];
  return [
    ...known.map(({ id, name, layout, snapshots, firstSeenAt }) => ({
      ...{ id, name, layout, snapshots },
      ...spaceOf(id, online),
      firstSeenAt: firstSeenAt.toISOString(),
      ...limitsOf(id),
    })),
    ...unrecorded.map(({ vaultId, vaultName, layout, startedAt }) => ({
      ...{ id: vaultId, name: vaultName, layout, snapshots: 0 },
      ...spaceOf(vaultId, online),
      firstSeenAt: startedAt,
      ...limitsOf(vaultId),
    })),
  ];
}

function spaceOf(vaultId: string, online: readonly ReceiverPresence[]) {
  const receivers = online.filter((receiver) => receiver.vaultId === vaultId);
  return {
    receiversOnline: receivers.length,
    freeBytes: receivers[0]?.freeBytes ?? null,
    totalBytes: receivers[0]?.totalBytes ?? null,
  };
}
