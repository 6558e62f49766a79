import type { AgentPresence, ReceiverOffer, ReceiverPresence } from '@periodic-backup/contracts';
import type { PlanRow } from '@periodic-backup/ledger';

/** Who is there for a run of a plan, as heartbeats say. */
export interface Surroundings {
  /** Null if it never announced itself. */
  readonly agent: { readonly presence: AgentPresence; readonly online: boolean } | null;
  readonly receivers: readonly {
    readonly presence: ReceiverPresence;
    readonly online: boolean;
    /** Its key is the one that was pinned for its vault. */
    readonly trusted: boolean;
  }[];
}

export type OfferChoice =
  | { readonly receivers: readonly ReceiverOffer[] }
  /** What the run waits for, in words. */
  | { readonly waitsFor: string };

/** The receivers a run may be sent to, best first, or what is missing. Full ones come last: they may be free by then. */
export function chooseOffers(
  plan: Pick<PlanRow, 'agentId' | 'vaultId'>,
  { agent, receivers }: Surroundings,
): OfferChoice {
  if (!agent?.online) return { waitsFor: `Agent "${plan.agentId}" is not online.` };
  const ofVault = receivers.filter(({ presence }) => presence.vaultId === plan.vaultId);
  const alive = ofVault.filter(({ online }) => online);
  const vault = `vault "${ofVault[0]?.presence.vaultName ?? plan.vaultId}"`;
  if (alive.length === 0) return { waitsFor: `No receiver of ${vault} is alive.` };
  const trusted = alive.filter((receiver) => receiver.trusted);
  if (trusted.length === 0)
    return { waitsFor: `No receiver of ${vault} has the key that was pinned for it at first sight.` };
  const staying = trusted.filter(({ presence }) => !presence.draining);
  if (staying.length === 0) return { waitsFor: `Every receiver of ${vault} is shutting down.` };
  const writable = staying.filter(({ presence }) => presence.vaultWritable);
  if (writable.length === 0)
    return { waitsFor: `No receiver of ${vault} can write to its target directory.` };
  return {
    receivers: writable
      .map(({ presence }) => presence)
      .sort((a, b) => load(a) - load(b) || (a.receiverId < b.receiverId ? -1 : 1))
      .map(({ receiverId, host, port }) => ({ receiverId, host, port })),
  };
}

/** Share of the slots taken; 1 and more is BUSY. */
function load({ activeSessions, maxClients }: ReceiverPresence): number {
  return activeSessions / maxClients;
}
