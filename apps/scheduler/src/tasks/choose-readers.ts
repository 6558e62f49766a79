import { offerOf, type ReceiverOffer } from '@periodic-backup/contracts';
import { MAX_OFFERS, loadOf, turnOf, vaultInWords, type Surroundings } from '../dispatch/choose-offers.js';

export type ReaderChoice =
  | { readonly receivers: readonly ReceiverOffer[] }
  /** What the task waits for, in words. */
  | { readonly waitsFor: string };

/**
 * The receivers that snapshots can be read from, best first, or what is missing. Unlike a backup a restore is not
 * turned away by a vault that is full or by a receiver that drains: those are only asked last.
 */
export function chooseReaders(
  runId: string,
  vaultId: string,
  receivers: Surroundings['receivers'],
): ReaderChoice {
  const vault = vaultInWords(vaultId, receivers);
  const alive = receivers.filter(({ presence, online }) => online && presence.vaultId === vaultId);
  if (alive.length === 0) return { waitsFor: `No receiver of ${vault} is alive.` };
  const trusted = alive.filter((receiver) => receiver.trusted);
  if (trusted.length === 0)
    return { waitsFor: `No receiver of ${vault} has the key that was pinned for it at first sight.` };
  return {
    receivers: trusted
      .map(({ presence }) => ({
        presence,
        hindrance: Number(presence.draining) + Number(!presence.vaultWritable),
        load: loadOf(presence),
        turn: turnOf(runId, presence.receiverId),
      }))
      .sort((a, b) => a.hindrance - b.hindrance || a.load - b.load || a.turn - b.turn)
      .slice(0, MAX_OFFERS)
      .map(({ presence }) => offerOf(presence)),
  };
}
