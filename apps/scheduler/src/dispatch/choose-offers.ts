import { createHash } from 'node:crypto';
import {
  offerOf,
  type AgentPresence,
  type ReceiverOffer,
  type ReceiverPresence,
} from '@periodic-backup/contracts';
import type { PlanRow } from '@periodic-backup/ledger';

/** Enough to outlive a few that die meanwhile; of a hundred receivers nobody tries all. */
export const MAX_OFFERS = 5;

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
  | { readonly receivers: readonly ReceiverOffer[]; /** PEM, as pinned. */ readonly vaultKey: string }
  /** What the run waits for, in words. */
  | { readonly waitsFor: string };

/**
 * The receivers a run may be sent to, best first, or what is missing. Those with free places come first, by the share
 * that is free; full ones last, for they may be free by then. Equals take turns from plan to plan: what starts in
 * the same second does not all dial the same one.
 */
export function chooseOffers(
  plan: Pick<PlanRow, 'id' | 'agentId' | 'vaultId'>,
  surroundings: Surroundings,
): OfferChoice {
  const usable = usableReceivers(plan, surroundings);
  if ('waitsFor' in usable) return usable;
  return {
    // That of all of them: others are not trusted.
    vaultKey: usable.receivers[0]!.vaultPublicKey,
    receivers: usable.receivers
      .map((presence) => ({
        ...presence,
        load: loadOf(presence),
        turn: turnOf(plan.id, presence.receiverId),
      }))
      .sort((a, b) => a.load - b.load || a.turn - b.turn)
      .slice(0, MAX_OFFERS)
      .map(offerOf),
  };
}

/** What a run would wait for if its turn came now; null: nothing. */
export function missingFor(
  plan: Pick<PlanRow, 'agentId' | 'vaultId'>,
  surroundings: Surroundings,
): string | null {
  const usable = usableReceivers(plan, surroundings);
  return 'waitsFor' in usable ? usable.waitsFor : null;
}

function usableReceivers(
  plan: Pick<PlanRow, 'agentId' | 'vaultId'>,
  { agent, receivers }: Surroundings,
): { readonly receivers: readonly ReceiverPresence[] } | { readonly waitsFor: string } {
  if (!agent?.online) return { waitsFor: `Agent "${plan.agentId}" is not online.` };
  const ofVault = receivers.filter(({ presence }) => presence.vaultId === plan.vaultId);
  const alive = ofVault.filter(({ online }) => online);
  const vault = vaultInWords(plan.vaultId, receivers);
  if (alive.length === 0) return { waitsFor: `No receiver of ${vault} is alive.` };
  const trusted = alive.filter((receiver) => receiver.trusted);
  if (trusted.length === 0)
    return { waitsFor: `No receiver of ${vault} has the key that was pinned for it at first sight.` };
  const staying = trusted.filter(({ presence }) => !presence.draining);
  if (staying.length === 0) return { waitsFor: `Every receiver of ${vault} is draining or shutting down.` };
  const writable = staying.filter(({ presence }) => presence.vaultWritable);
  if (writable.length === 0)
    return { waitsFor: `No receiver of ${vault} can write to its target directory.` };
  return { receivers: writable.map(({ presence }) => presence) };
}

/** A vault by the name its receivers announce. */
export function vaultInWords(vaultId: string, receivers: Surroundings['receivers']): string {
  const known = receivers.find(({ presence }) => presence.vaultId === vaultId);
  return `vault "${known?.presence.vaultName ?? vaultId}"`;
}

/** The order of equal receivers for one plan. */
export function turnOf(planId: string, receiverId: string): number {
  return createHash('sha256').update(`${planId} ${receiverId}`).digest().readUInt32BE(0);
}

/** Share of the places taken; 1 and more is BUSY. */
export function loadOf({ activeSessions, maxClients }: ReceiverPresence): number {
  return activeSessions / maxClients;
}
