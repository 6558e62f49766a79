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
  openBackups,
  recordProblems,
  recordSnapshot,
  type Attempt,
  type Ledger,
  type PlanRow,
  type RunRow,
} from '@periodic-backup/ledger';
import { receiptOutcome } from '../attempts/receipt-outcome.js';
import { PresenceReader } from '../dispatch/presence-reader.js';
import { ForgeryLog } from '../forgeries/forgery-log.js';
import { PlanDecisions, type NoteChange } from '../live/plan-decisions.js';
import { SchedulerRuntime } from '../runtime/scheduler-runtime.js';
import { VaultKeys } from '../vaults/vault-keys.js';
import { receiptProblem, type ReceiptSignature } from './receipt-problem.js';

/** What the end of a run leaves to be done. */
export interface RunEnd {
  readonly plan: Pick<PlanRow, 'id' | 'vaultId'>;
  /** A run of the plan waits behind it. */
  readonly anotherWaits: boolean;
}

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
    private readonly forgeries: ForgeryLog,
  ) {}

  /**
   * Closes the run if the receipt is genuine. A false one is never taken; brought by the agent that holds the run, it
   * ends the run as failed. One of a run that the ledger does not know is a snapshot all the same. Resolves with null if
   * no run ended by it.
   */
  async take(
    receipt: Receipt,
    report: AgentReport | null,
    place: SnapshotPlace | null = null,
    saidAt?: Date,
  ): Promise<RunEnd | null> {
    const runId = report?.runId ?? receipt.runId;
    const known = await findRun(this.runtime.ledger, runId);
    const plan = known && (await findPlan(this.runtime.ledger, known.planId));
    if (!plan) {
      if (!report) await this.#recordStranger(receipt, place, saidAt);
      return null;
    }
    const signature = await this.#signatureOf(receipt);
    // What the vault says it holds is there, whatever the ledger knows of the run.
    if (place && signature === 'genuine') await recordSnapshot(this.runtime.ledger, receipt, place, saidAt);
    return this.decisions.take(plan.id, async (transaction, changed) => {
      const run = await findRun(transaction, runId);
      if (!run) return null;
      const problem = receiptProblem(receipt, run, plan, signature);
      if (problem) await this.#refuse(transaction, { receipt, report, run, problem }, changed);
      else if (!report && (run.receipt || isAtItsAgent(run, receipt))) {
        // Its agent still applies the after-transmit rule; its report, or its silence, ends the run.
        if (!run.receipt) await keepReceipt(transaction, receipt);
        return null;
      } else await this.#close(transaction, { receipt, report, run }, changed);
      return { plan, anotherWaits: (await openBackups(transaction, plan.id)).waiting !== null };
    });
  }

  /** The figures are those of the newest attempt; an older one that committed after all has only its receipt. */
  async #close(
    transaction: Ledger,
    { receipt, report, run }: { receipt: Receipt; report: AgentReport | null; run: RunRow },
    changed: NoteChange,
  ): Promise<void> {
    const kept = run.receipt ?? receipt;
    if (kept.snapshot !== receipt.snapshot)
      this.runtime.logger.error(
        { runId: run.id, receipt, kept },
        'a second snapshot of one run; the first receipt is kept',
      );
    const current = report?.epoch === run.epoch ? report : null;
    if (current) await recordProblems(transaction, run.id, current.problems);
    const row = await closeWithReceipt(transaction, kept, {
      ...receiptOutcome(kept, (current?.counts ?? run).filesFailed),
      counts: current?.counts ?? null,
    });
    if (row && differs(row, run)) changed(row);
  }

  async #refuse(
    transaction: Ledger,
    refused: { receipt: Receipt; report: AgentReport | null; run: RunRow; problem: string },
    changed: NoteChange,
  ): Promise<void> {
    const { receipt, report, run, problem } = refused;
    this.runtime.metrics.invalidReceipts.inc();
    this.runtime.logger.error({ runId: run.id, receipt }, `RECEIPT REFUSED: ${problem}`);
    await this.#note(receipt, problem);
    if (report?.epoch !== run.epoch) return;
    const error = {
      code: 'RECEIPT_INVALID',
      message: `The receipt was refused: ${problem}.`,
      retryable: false,
    };
    changed(await endRun(transaction, run.id, { state: 'failed', reason: error.message, error }));
  }

  /** What a vault holds of runs before the ledger's time: of plans that are gone, or from before it was rebuilt. */
  async #recordStranger(receipt: Receipt, place: SnapshotPlace | null, saidAt?: Date): Promise<void> {
    const { ledger, logger, metrics } = this.runtime;
    const { runId, planId, vaultId, snapshot } = receipt;
    if ((await this.#signatureOf(receipt)) !== 'genuine') {
      metrics.invalidReceipts.inc();
      logger.error({ runId, receipt }, 'RECEIPT REFUSED: no pinned key of its vault made it');
      return this.#note(receipt, 'no pinned key of its vault made it');
    }
    if (!place && !(await findPlan(ledger, planId))) {
      logger.warn({ runId, planId, vaultId }, 'a receipt that does not say where its snapshot lies');
      return;
    }
    await recordSnapshot(ledger, receipt, place, saidAt);
    logger.debug({ runId, planId, snapshot }, 'a snapshot of a run that the ledger does not know');
  }

  async #note({ runId, vaultId }: Receipt, reason: string): Promise<void> {
    await this.forgeries.note({
      ...{ what: 'receipt', noticedBy: 'scheduler', object: `run/${runId}` },
      ...{ claimed: `vault/${vaultId}`, reason },
    });
  }

  /** Of a vault that only ever spoke through receipts, a look at the receivers may pin it now. */
  async #signatureOf(receipt: Receipt): Promise<ReceiptSignature> {
    let key = await this.vaultKeys.of(receipt.vaultId);
    if (!key) {
      await this.presence.receivers();
      key = await this.vaultKeys.of(receipt.vaultId);
    }
    if (!key) return 'of an unknown vault';
    return receiptIsGenuine(receipt, key) ? 'genuine' : 'false';
  }
}

function isAtItsAgent(run: RunRow, receipt: Receipt): boolean {
  return run.state === 'running' && run.epoch === receipt.epoch;
}

function differs(row: RunRow, before: RunRow): boolean {
  return row.state !== before.state || row.reason !== before.reason;
}
