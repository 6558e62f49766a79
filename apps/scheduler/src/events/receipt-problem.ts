import type { KeyObject } from 'node:crypto';
import { receiptIsGenuine, type Receipt } from '@periodic-backup/contracts';
import type { PlanRow, RunRow } from '@periodic-backup/ledger';

/** Why a receipt does not speak of this run of this plan, or null if it is genuine. `vaultKey`: the pinned one. */
export function receiptProblem(
  receipt: Receipt,
  run: RunRow,
  plan: PlanRow,
  vaultKey: KeyObject | null,
): string | null {
  if (receipt.runId !== run.id) return 'it is of another run';
  if (run.kind !== 'backup') return 'its run is no backup';
  if (receipt.planId !== run.planId) return 'it is of another plan';
  if (receipt.agentId !== run.agentId) return 'it is of another agent';
  if (receipt.vaultId !== plan.vaultId) return 'it is of another vault';
  if (receipt.epoch > run.epoch) return 'it is of an attempt that was never made';
  if (!vaultKey) return 'its vault was never seen';
  if (!receiptIsGenuine(receipt, vaultKey)) return 'its signature was not made with the key of its vault';
  return null;
}
