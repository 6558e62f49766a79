import type { Receipt } from '@periodic-backup/contracts';
import type { PlanRow, RunRow } from '@periodic-backup/ledger';

/** What a look at its signature says. Dear enough to be had once. */
export type ReceiptSignature = 'genuine' | 'false' | 'of an unknown vault';

/** Why a receipt does not speak of this run of this plan, or null if it does and is genuine. */
export function receiptProblem(
  receipt: Receipt,
  run: RunRow,
  plan: PlanRow,
  signature: ReceiptSignature,
): string | null {
  if (receipt.runId !== run.id) return 'it is of another run';
  if (run.kind !== 'backup') return 'its run is no backup';
  if (receipt.planId !== run.planId) return 'it is of another plan';
  if (receipt.agentId !== run.agentId) return 'it is of another agent';
  if (receipt.vaultId !== plan.vaultId) return 'it is of another vault';
  if (receipt.epoch > run.epoch) return 'it is of an attempt that was never made';
  if (signature === 'of an unknown vault') return 'its vault was never seen';
  if (signature === 'false') return 'its signature was not made with the key of its vault';
  return null;
}
