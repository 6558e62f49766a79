import type { RecoveryReport } from '@periodic-backup/vault';
import type { PlacedReceipt } from '../reports/receipt-reporter.js';
import type { VaultTaskResults } from '../sessions/session-messages.js';
import type { WorkerPool } from '../sessions/worker-pool.js';

let lastReader = 0;

/** Work on the vault outside sessions, done in a worker thread because it blocks. */
export class VaultWork {
  constructor(private readonly pool: WorkerPool) {}

  /** @throws SessionError */
  recover(): Promise<RecoveryReport> {
    return this.pool.forTask().run({ kind: 'recover' });
  }

  /** @throws SessionError STORAGE_FAILED if the target cannot be written */
  probe(): Promise<VaultTaskResults['probe']> {
    return this.pool.forTask().run({ kind: 'probe' });
  }

  /** Receipts committed since then, oldest first, a page at a time. @throws SessionError */
  async *receiptsSince(since: Date): AsyncGenerator<PlacedReceipt[]> {
    const worker = this.pool.forTask();
    const reader = ++lastReader;
    let page = await worker.run({ kind: 'receipts', reader, since });
    for (;;) {
      if (page.receipts.length > 0) yield page.receipts;
      if (page.last) return;
      page = await worker.run({ kind: 'more-receipts', reader });
    }
  }
}
