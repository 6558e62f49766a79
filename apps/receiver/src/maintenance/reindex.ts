import type { TaskReporter } from '../reports/task-reporter.js';
import type { VaultWork } from '../vault/vault-work.js';

/** Tells the scheduler of every snapshot of the vault: the ledger is rebuilt from their receipts. Safe to repeat. */
export async function reindex({
  work,
  reporter,
  stop,
}: {
  readonly work: VaultWork;
  readonly reporter: TaskReporter;
  readonly stop: AbortSignal;
}): Promise<number> {
  let told = 0;
  for await (const receipts of work.receiptsSince(null)) {
    await reporter.deliver(
      receipts.map((placed) => ({ type: 'receipt', ...placed })),
      stop,
    );
    stop.throwIfAborted();
    told += receipts.length;
  }
  return told;
}
