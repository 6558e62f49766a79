import type { Receipt, RunEvent, SnapshotPlace } from '@periodic-backup/contracts';
import type { Logger } from '@periodic-backup/platform';
import type { VaultWork } from '../vault/vault-work.js';

const RETRY_AFTER_MS = 2_000;

/** A receipt, and the folders where its snapshot lies. */
export interface PlacedReceipt {
  readonly receipt: Receipt;
  /** Left out if the vault cannot say. */
  readonly place?: SnapshotPlace;
}

/** The way to the scheduler. */
export interface RunEventOutlet {
  /** False while Redis is away: there is no use in trying. */
  readonly isOpen: boolean;
  put(events: readonly RunEvent[]): Promise<void>;
}

/**
 * Tells the scheduler of receipts. The vault is the memory: what could not be delivered is read from it again once
 * Redis is back, so that no outage costs memory or a report. A receipt may be told twice; the reader does not mind.
 */
export class ReceiptReporter {
  /** Everything before this instant is delivered, as far as this process knows; null: everything is. */
  #owedSince: Date | null = null;
  #timer: NodeJS.Timeout | undefined;
  #repeating = false;
  #stopped = false;

  constructor(
    private readonly outlet: RunEventOutlet,
    private readonly work: Pick<VaultWork, 'receiptsSince'>,
    private readonly logger: Logger,
  ) {}

  /** Tells of a commit now, or as soon as Redis takes it. Never throws. */
  async report(placed: PlacedReceipt): Promise<void> {
    try {
      if (this.outlet.isOpen) return await this.#put([placed]);
    } catch (error) {
      this.logger.debug({ error: (error as Error).message }, 'receipt not delivered');
    }
    this.repeatSince(new Date(placed.receipt.committedAt));
  }

  /** Tells again of everything the vault has committed since then, as soon as Redis takes it. */
  repeatSince(since: Date): void {
    if (!this.#owedSince || since < this.#owedSince) this.#owedSince = since;
    if (!this.#timer && !this.#repeating) void this.#repeat();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  async #repeat(): Promise<void> {
    const since = this.#owedSince;
    if (!since || this.#stopped) return;
    this.#repeating = true;
    if (this.outlet.isOpen) await this.#repeatNow(since);
    this.#repeating = false;
    if (!this.#owedSince || this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#repeat();
    }, RETRY_AFTER_MS);
  }

  async #repeatNow(since: Date): Promise<void> {
    this.#owedSince = null;
    try {
      let told = 0;
      for await (const receipts of this.work.receiptsSince(since)) {
        await this.#put(receipts);
        told += receipts.length;
      }
      if (told > 0) this.logger.info({ receipts: told, since }, 'receipts told again');
    } catch (error) {
      this.logger.debug({ error: (error as Error).message }, 'receipts not delivered');
      this.repeatSince(since);
    }
  }

  async #put(receipts: readonly PlacedReceipt[]): Promise<void> {
    await this.outlet.put(receipts.map((placed) => ({ type: 'receipt', ...placed })));
  }
}
