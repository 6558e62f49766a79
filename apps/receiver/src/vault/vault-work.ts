import { SessionError } from '@periodic-backup/protocol';
import type {
  PlanPlace,
  RecoveryReport,
  RemovalReport,
  VerifyProgress,
  VerifyReport,
} from '@periodic-backup/vault';
import type { PlacedReceipt } from '../reports/receipt-reporter.js';
import type { PooledWorker } from '../sessions/pooled-worker.js';
import type { PartLimits, VaultTaskResults, VerificationCut } from '../sessions/session-messages.js';
import type { WorkerPool } from '../sessions/worker-pool.js';

let lastReader = 0;
/** From here to here lies nothing. */
const NOWHERE = Buffer.from('-');

export interface VerifyPart {
  readonly place: PlanPlace;
  readonly snapshots: readonly string[];
  readonly from: Uint8Array | null;
  readonly to: Uint8Array | null;
  /** What is read between two yields, about. */
  readonly stepBytes: number;
}

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

  /** Receipts committed since then, oldest first, or with null all there are; a page at a time. @throws SessionError */
  async *receiptsSince(since: Date | null): AsyncGenerator<PlacedReceipt[]> {
    const worker = this.pool.forTask();
    const reader = ++lastReader;
    let page = await worker.run({ kind: 'receipts', reader, since });
    for (;;) {
      if (page.receipts.length > 0) yield page.receipts;
      if (page.last) return;
      page = await worker.run({ kind: 'more-receipts', reader });
    }
  }

  /** @throws SessionError */
  remove(
    place: PlanPlace,
    snapshots: readonly string[],
    { keepOnlyCopies }: { readonly keepOnlyCopies: boolean },
  ): Promise<RemovalReport> {
    return this.#alone((worker) => worker.run({ kind: 'remove', place, snapshots, keepOnlyCopies }));
  }

  /** @throws SessionError */
  cut(place: PlanPlace, snapshots: readonly string[] | null, limits: PartLimits): Promise<VerificationCut> {
    return this.#alone((worker) => worker.run({ kind: 'cut', place, snapshots, limits }));
  }

  /** Verifies a part. Whoever takes no more of it ends it, and the snapshots are free again. @throws SessionError */
  async *verify(part: VerifyPart): AsyncGenerator<VerifyProgress, VerifyReport> {
    const worker = this.pool.takeAlone();
    const reader = ++lastReader;
    try {
      let step = await worker.run({ kind: 'verify', reader, ...part });
      while (!step.report) {
        yield step;
        step = await worker.run({ kind: 'more-verify', reader });
      }
      return step.report;
    } finally {
      // A worker that is gone holds nothing any more.
      await worker.run({ kind: 'stop-verify', reader }).catch((error: unknown) => {
        if (!(error instanceof SessionError)) throw error;
      });
      this.pool.giveBack(worker);
    }
  }

  /**
   * Keeps snapshots from being removed until the answer is called, for a verification whose parts lie apart in time: it
   * begins one of nothing and does not end it. @throws SessionError
   */
  async hold(place: PlanPlace, snapshots: readonly string[]): Promise<() => Promise<void>> {
    const holding = this.verify({ place, snapshots, from: NOWHERE, to: NOWHERE, stepBytes: 0 });
    await holding.next();
    return async () => void (await holding.return(undefined as never));
  }

  async #alone<T>(use: (worker: PooledWorker) => Promise<T>): Promise<T> {
    const worker = this.pool.takeAlone();
    try {
      return await use(worker);
    } finally {
      this.pool.giveBack(worker);
    }
  }
}
