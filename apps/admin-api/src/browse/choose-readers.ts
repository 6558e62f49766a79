import { offerOf, type ReceiverOffer, type ReceiverPresence } from '@periodic-backup/contracts';
import type { Announced } from '../connections/presence.js';

const MAX_OFFERS = 5;

/**
 * The receivers of a vault to read from, best first: those that stay before those that drain, then by the share of
 * places that is free. One whose key is not that of the vault (null: not known yet) is not asked.
 */
export function chooseReaders(
  vaultId: string,
  vaultKey: string | null,
  receivers: readonly Announced<ReceiverPresence>[],
): ReceiverOffer[] {
  return receivers
    .filter(({ presence, online }) => online && presence.vaultId === vaultId)
    .map(({ presence }) => presence)
    .filter(({ vaultPublicKey }) => vaultKey === null || vaultPublicKey.trim() === vaultKey.trim())
    .sort((a, b) => Number(a.draining) - Number(b.draining) || loadOf(a) - loadOf(b))
    .slice(0, MAX_OFFERS)
    .map(offerOf);
}

function loadOf({ activeSessions, maxClients }: ReceiverPresence): number {
  return activeSessions / maxClients;
}
