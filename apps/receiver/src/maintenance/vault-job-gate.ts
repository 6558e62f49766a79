import {
  TicketError,
  digestOrder,
  openTicket,
  provesKey,
  type TaskOrder,
  type VaultJob,
} from '@periodic-backup/contracts';
import type { RefusalNotes } from '@periodic-backup/trust';
import type { KeyObject } from 'node:crypto';
import type { VaultVoice } from '../vault/vault-voice.js';

type PartJob = Extract<VaultJob, { type: 'verify-part' }>;

export type VaultJobVerdict =
  | { readonly kind: 'genuine'; readonly signedAt: Date }
  /** It is ours and comes too late. */
  | { readonly kind: 'expired'; readonly reason: string }
  | { readonly kind: 'forged' };

/**
 * Lets through what the scheduler has signed for this vault, and parts that its receivers have. What nobody has leaves a
 * note and has no other effect.
 */
export class VaultJobGate {
  constructor(
    private readonly ticketKey: KeyObject,
    private readonly voice: VaultVoice,
    private readonly refusals: RefusalNotes,
  ) {}

  judge(job: VaultJob): VaultJobVerdict {
    switch (job.type) {
      case 'verify-part':
        return this.#judgePart(job);
      case 'task':
        return this.#judgeTicket(job.ticket, job.taskOrder);
      case 'reindex':
        return this.#judgeTicket(job.ticket, null);
    }
  }

  #judgePart({ proof, ...part }: PartJob): VaultJobVerdict {
    const { vaultId, runId } = part.taskOrder;
    if (vaultId === this.voice.vaultId && provesKey('part', part, proof, this.voice.publicKey))
      return { kind: 'genuine', signedAt: new Date() };
    return this.#forged('part', 'No receiver of this vault has signed the part.', runId);
  }

  #judgeTicket(ticket: string, order: TaskOrder | null): VaultJobVerdict {
    const runId = order?.runId ?? null;
    try {
      const { vaultId, orderDigest, nbf } = openTicket(ticket, this.ticketKey, 'maintain');
      const wanted = order && digestOrder(order);
      if (vaultId === this.voice.vaultId && orderDigest === wanted && (order?.vaultId ?? vaultId) === vaultId)
        return { kind: 'genuine', signedAt: new Date(nbf * 1000) };
      return this.#forged('job', 'The ticket is for another vault or another order.', runId);
    } catch (error) {
      if (error instanceof TicketError && error.expired) return { kind: 'expired', reason: error.message };
      return this.#forged('job', (error as Error).message, runId);
    }
  }

  #forged(what: 'job' | 'part', reason: string, runId: string | null): VaultJobVerdict {
    this.refusals.note(what, reason, runId);
    return { kind: 'forged' };
  }
}
