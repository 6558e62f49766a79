import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  receiptIsGenuine,
  type Receipt,
  type ReceiverOffer,
  type RunCounts,
  type RunError,
  type RunJob,
  type RunProblem,
  type TaskResult,
} from '@periodic-backup/contracts';
import { SessionError } from '@periodic-backup/protocol';
import type { TransferCredentials } from '@periodic-backup/trust';
import { TransmittedFiles } from '../after-transmit/transmitted-files.js';
import { checkDirectories, type AllowedDirectories } from '../checks/check-directories.js';
import { checkTicket } from '../checks/check-ticket.js';
import { RunRefused, isNamed } from '../checks/run-refused.js';
import type { PendingRules } from '../state/pending-rules.js';
import type { StateFolder } from '../state/state-folder.js';
import type { CancelFlag } from '../transfer/cancel-flag.js';
import { Pace, type AgentShare } from '../transfer/pace.js';
import type { RunTally } from '../transfer/run-tally.js';
import { sendSnapshot } from '../transfer/snapshot-sender.js';
import type { TransferTimes } from '../transfer/transfer-times.js';
import { tryReceivers } from '../transfer/try-receivers.js';
import { finishRule } from './finish-rule.js';

export interface AgentContext {
  readonly agentId: string;
  /** Software and version. */
  readonly software: string;
  readonly ticketKeyFile: string;
  readonly allowed: AllowedDirectories;
  readonly state: StateFolder;
  readonly pending: PendingRules;
  /** Where drills restore to. */
  readonly drillDir: string;
  readonly times: TransferTimes;
  /** What it shows to receivers on other machines, as it is now; null: it reaches those of its own machine only. */
  readonly credentials: (() => TransferCredentials) | null;
  /** What the runs of this agent share, as it is at the moment. */
  shareOf: () => AgentShare;
}

/** How an attempt ended on this agent: receipt or error. */
export interface RunEnd {
  readonly counts: RunCounts;
  readonly problems: RunProblem[];
  readonly receipt: Receipt | null;
  /** Of a run that is no backup; left out for backups. */
  readonly result?: TaskResult | null;
  readonly error: RunError | null;
}

/**
 * Makes one attempt of a run: checks, sends, and after the receipt applies the rule. Never throws. Safe to
 * repeat: a committed run answers with its receipt, and its rule is finished where it stopped.
 */
export async function runBackup(
  job: RunJob,
  context: AgentContext,
  tally: RunTally,
  cancel: CancelFlag,
  onConnected: (receiver: ReceiverOffer) => void,
): Promise<RunEnd> {
  try {
    checkTicket(job, context.agentId, readKey(context.ticketKeyFile));
    const known = context.pending.find(job.order);
    if (known) return await finishRule(known, context, cancel);
    return await backUp(job, context, tally, cancel, onConnected);
  } catch (error) {
    return { counts: tally.counts, problems: tally.problems, receipt: null, error: runErrorOf(error) };
  }
}

async function backUp(
  job: RunJob,
  context: AgentContext,
  tally: RunTally,
  cancel: CancelFlag,
  onConnected: (receiver: ReceiverOffer) => void,
): Promise<RunEnd> {
  const { order, ticket, receivers } = job;
  const { pending, state, times, software, shareOf, credentials } = context;
  const { source, backup } = checkDirectories(order, context.allowed);
  pending.dropOthers(order);
  for (const rule of pending.all())
    if (rule.order.planId === order.planId) await finishRule(rule, context, cancel);
  const transmitted = backup && new TransmittedFiles(pending.listOf(order));
  const pace = new Pace(order.bandwidth ?? null, shareOf);
  tally.bytesSent = state.sentBefore(order.planId, order.runId);
  try {
    const receipt = await tryReceivers(
      receivers,
      (receiver) =>
        sendSnapshot(receiver, {
          ...{ ticket, source, transmitted, tally, cancel, times, pace, credentials, onConnected },
          excludes: order.excludes,
          agent: software,
        }),
      { tally, cancel, times },
    );
    requireReceiptOf(job, receipt);
    tally.committed(receipt.counts);
    state.saveTotals(order.planId, tally.totals);
    if (!backup || !pending.hasList(order))
      return { counts: tally.counts, problems: tally.problems, receipt, error: null };
    const rule = { order, receipt, counts: tally.counts, problems: tally.problems };
    pending.store(rule);
    return await finishRule(rule, context, cancel);
  } finally {
    transmitted?.close();
    state.saveSent(order.planId, order.runId, tally.bytesSent);
  }
}

export function readKey(file: string): KeyObject {
  try {
    return createPublicKey(readFileSync(file));
  } catch (error) {
    throw new RunRefused(
      'TICKET_INVALID',
      `The scheduler's public key cannot be read (${(error as Error).message}). Set TICKET_PUBLIC_KEY_FILE to it.`,
      true,
    );
  }
}

/** Files are moved by what a receipt says: it has to be the vault's own word. */
function requireReceiptOf({ order, vaultKey }: RunJob, receipt: Receipt): void {
  if (vaultKey !== undefined && !receiptIsGenuine(receipt, createPublicKey(vaultKey)))
    throw new SessionError(
      'BAD_FRAME',
      "The receipt was not signed with the vault's key: nothing is believed of it.",
    );
  if (
    receipt.runId === order.runId &&
    receipt.planId === order.planId &&
    receipt.agentId === order.agentId &&
    receipt.vaultId === order.vaultId
  )
    return;
  throw new SessionError('BAD_FRAME', 'The receiver answered with the receipt of another run.');
}

export function runErrorOf(error: unknown): RunError {
  if (isNamed(error)) return { code: error.code, message: error.message, retryable: error.retryable };
  return { code: 'INTERNAL', message: `The agent failed: ${(error as Error).message}`, retryable: true };
}
