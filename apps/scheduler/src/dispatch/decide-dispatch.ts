import type { KeyObject } from 'node:crypto';
import type { RunJob } from '@periodic-backup/contracts';
import {
  agentTerms,
  endRun,
  explainWaiting,
  findPlan,
  lockVaultRoom,
  newestEpoch,
  nextInTurn,
  openBackups,
  queueRun,
  type Ledger,
  type PlanRow,
  type RunRow,
  type VaultRoom,
} from '@periodic-backup/ledger';
import type { NoteChange } from '../live/plan-decisions.js';
import { buildRunJob } from './build-run-job.js';
import { chooseOffers, vaultInWords, type Surroundings } from './choose-offers.js';

export type DispatchDecision =
  | { readonly kind: 'sent'; readonly run: RunRow; readonly job: RunJob }
  /** For something outside, or there is nothing to send. */
  | { readonly kind: 'waits' }
  /** For nothing but its turn. */
  | { readonly kind: 'held back' };

export interface DispatchQuestion {
  readonly surroundings: Surroundings;
  readonly now: Date;
  /** Signs the ticket. */
  readonly ticketKey: KeyObject;
}

/**
 * Decides within a transaction whether the waiting run of a plan goes to its agent now: it is queued then, and its job
 * is the caller's to send. Otherwise the run says what it waits for.
 */
export async function decideDispatch(
  transaction: Ledger,
  planId: string,
  question: DispatchQuestion,
  changed: NoteChange,
): Promise<DispatchDecision> {
  const { surroundings, now, ticketKey } = question;
  const plan = await findPlan(transaction, planId);
  const { active, waiting } = await openBackups(transaction, planId);
  if (!plan || !waiting) return { kind: 'waits' };
  const withdrawn = whyWithdrawn(plan, waiting);
  if (withdrawn) {
    changed(await endRun(transaction, waiting.id, { state: 'cancelled', reason: withdrawn }));
    return { kind: 'waits' };
  }
  if (active || (waiting.notBefore && waiting.notBefore > now)) return { kind: 'waits' };
  const choice = chooseOffers(plan, surroundings);
  if ('waitsFor' in choice) {
    changed(await explainWaiting(transaction, waiting.id, choice.waitsFor));
    return { kind: 'waits' };
  }
  const agent = await agentTerms(transaction, plan.agentId);
  if (agent.revoked) {
    changed(await explainWaiting(transaction, waiting.id, revokedReason(plan.agentId)));
    return { kind: 'waits' };
  }
  // Last: the lock of the vault is held to the end, and what is held back here could go but for its turn.
  const heldBack = await whyHeldBack(transaction, plan, waiting, question);
  if (heldBack) {
    changed(await explainWaiting(transaction, waiting.id, heldBack, { heldBack: true }));
    return { kind: 'held back' };
  }
  // Strictly above every earlier attempt, also after the clock was set back.
  const epoch = Math.max(now.getTime(), (await newestEpoch(transaction, planId)) + 1);
  const run = await queueRun(transaction, { runId: waiting.id, epoch }, now);
  changed(run);
  if (!run) return { kind: 'waits' };
  const job = buildRunJob(plan, run, choice, { ticketKey, now, agent });
  return { kind: 'sent', run, job };
}

/** Why a waiting run is not wanted any more, or null. A run that was begun is finished even while its plan is paused. */
export function whyWithdrawn(
  plan: Pick<PlanRow, 'deletedAt' | 'pausedAt'>,
  waiting: Pick<RunRow, 'trigger' | 'attempts'>,
): string | null {
  if (plan.deletedAt) return 'The plan was deleted.';
  if (plan.pausedAt && waiting.trigger === 'schedule' && waiting.attempts === 0)
    return 'The plan was paused.';
  return null;
}

/** No ticket is made for an agent that was put out. */
export function revokedReason(agentId: string): string {
  return `Agent "${agentId}" was revoked. Invite it again, or give its plans to another one.`;
}

export function isFull({ active, maxRuns }: VaultRoom): boolean {
  return active >= maxRuns;
}

/** Why a run waits while its vault is full, in words. */
export function roomReason(
  vaultId: string,
  { active, maxRuns }: VaultRoom,
  receivers: Surroundings['receivers'],
): string {
  return `Waits: ${vaultInWords(vaultId, receivers)} runs ${active} of ${maxRuns} at once.`;
}

async function whyHeldBack(
  transaction: Ledger,
  { vaultId }: PlanRow,
  waiting: RunRow,
  { surroundings: { receivers }, now }: DispatchQuestion,
): Promise<string | null> {
  const room = await lockVaultRoom(transaction, vaultId);
  if (!room) return null;
  if (isFull(room)) return roomReason(vaultId, room, receivers);
  // Whoever asks: between a look at the queue and this lock another run may have got in front.
  const [first] = await nextInTurn(transaction, { vaultId, now, limit: 1 });
  if (!first || first.id === waiting.id || !isBefore(first, waiting)) return null;
  return `Waits: ${vaultInWords(vaultId, receivers)} serves runs first that were due earlier.`;
}

function isBefore(a: RunRow, b: RunRow): boolean {
  const earlierMs = a.scheduledFor.getTime() - b.scheduledFor.getTime();
  return earlierMs < 0 || (earlierMs === 0 && a.id < b.id);
}
