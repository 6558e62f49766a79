import type { KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import {
  receiptIsGenuine,
  type Receipt,
  type RunCounts,
  type RunProblem,
  type SnapshotPlace,
} from '@periodic-backup/contracts';
import {
  closeWithReceipt,
  endRun,
  findPlan,
  findRun,
  keepReceipt,
  noteFigures,
  recordProblems,
  recordSnapshot,
  type Attempt,
  type RunRow,
} from '@periodic-backup/ledger';
import { receiptOutcome } from '../attempts/receipt-outcome.js';
import { PresenceReader } from '../dispatch/presence-reader.js';
import { PlanDecisions } from '../live/plan-decisions.js';
import { SchedulerRuntime } from '../runtime/scheduler-runtime.js';
import { VaultKeys } from '../vaults/vault-keys.js';
import { receiptProblem } from './receipt-problem.js';

/** What the agent said together with a receipt. */
export interface AgentReport extends Attempt {
  readonly counts: RunCounts;
  readonly problems: readonly RunProblem[];
}

/** Takes the vault's word: a genuine receipt decides how its run ends, whatever the ledger believed of it. */
@Injectable()
export class ReceiptTaker {
  constructor(
    private readonly runtime: SchedulerRuntime,
    private readonly decisions: PlanDecisions,
    private readonly vaultKeys: VaultKeys,
    private readonly presence: PresenceReader,
  ) {}

  /**
   * Closes the run if the receipt is genuine. A false one is never taken; brought by the agent that holds the run, it
   * ends the run as failed. One of a run that the ledger does not know is a snapshot all the same. Resolves with the plan's
   * id, null if there is no such run.
   */
  async take(
    receipt: Receipt,
    report: AgentReport | null,
    place: SnapshotPlace | null = null,
  ): Promise<string | null> {
    const runId = report?.runId ?? receipt.runId;
    const known = await findRun(this.runtime.ledger, runId);
    const plan = known && (await findPlan(this.runtime.ledger, known.planId));
    if (!plan) {
      if (!report) await this.#recordStranger(receipt, place);
      return null;
    }
    const vaultKey = await this.#vaultKey(receipt.vaultId);
    // What the vault says it holds is there, whatever the ledger knows of the run.
    if (place && vaultKey && receiptIsGenuine(receipt, vaultKey))
      await recordSnapshot(this.runtime.ledger, receipt, place);
    await this.decisions.take(plan.id, async (transaction, changed) => {
      const run = await findRun(transaction, runId);
      if (!run) return;
      const problem = receiptProblem(receipt, run, plan, vaultKey);
      if (problem) {
        this.runtime.metrics.invalidReceipts.inc();
        this.runtime.logger.error({ runId, receipt }, `RECEIPT REFUSED: ${problem}`);
        if (report?.epoch !== run.epoch) return;
        const error = {
          code: 'RECEIPT_INVALID',
          message: `The receipt was refused: ${problem}.`,
          retryable: false,
        };
        changed(await endRun(transaction, run.id, { state: 'failed', reason: error.message, error }));
        return;
      }
      if (run.receipt && !report) return;
      // Its agent still applies the after-transmit rule; its report, or its silence, ends the run.
      if (!report && run.state === 'running' && run.epoch === receipt.epoch) {
        await keepReceipt(transaction, receipt);
        return;
      }
      const kept = run.receipt ?? receipt;
      if (kept.snapshot !== receipt.snapshot)
        this.runtime.logger.error(
          { runId, receipt, kept },
          'a second snapshot of one run; the first receipt is kept',
        );
      // The figures are those of the newest attempt; an older one that committed after all has only its receipt.
      const noted = report ? await noteFigures(transaction, report, { counts: report.counts }) : null;
      if (report && noted) await recordProblems(transaction, run.id, report.problems);
      const row = await closeWithReceipt(transaction, kept, {
        ...receiptOutcome(kept, (noted ?? run).filesFailed),
        figuresKnown: noted !== null,
      });
      if (row && differs(row, run)) changed(row);
    });
    return plan.id;
  }

  /** What a vault holds of runs before the ledger's time: of plans that are gone, or from before it was rebuilt. */
  async #recordStranger(receipt: Receipt, place: SnapshotPlace | null): Promise<void> {
    const { ledger, logger, metrics } = this.runtime;
    const { runId, planId, vaultId, snapshot } = receipt;
    const vaultKey = await this.#vaultKey(vaultId);
    if (!vaultKey || !receiptIsGenuine(receipt, vaultKey)) {
      metrics.invalidReceipts.inc();
      logger.error({ runId, receipt }, 'RECEIPT REFUSED: no pinned key of its vault made it');
      return;
    }
    if (!place && !(await findPlan(ledger, planId))) {
      logger.warn({ runId, planId, vaultId }, 'a receipt that does not say where its snapshot lies');
      return;
    }
    await recordSnapshot(ledger, receipt, place);
    logger.debug({ runId, planId, snapshot }, 'a snapshot of a run that the ledger does not know');
  }

  /** Of a vault that only ever spoke through receipts, a look at the receivers may pin it now. */
  async #vaultKey(vaultId: string): Promise<KeyObject | null> {
    const known = await this.vaultKeys.of(vaultId);
    if (known) return known;
    await this.presence.receivers();
    return this.vaultKeys.of(vaultId);
  }
}

function differs(row: RunRow, before: RunRow): boolean {
  return row.state !== before.state || row.reason !== before.reason;
}
