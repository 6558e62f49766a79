import type { Receipt } from '@periodic-backup/contracts';
import type { Vault } from '@periodic-backup/vault';
import type { ReceiptPage, VaultTask, VaultTaskResults } from './session-messages.js';

const RECEIPTS_PER_PAGE = 200;

/** Does the work on the vault that belongs to no session. */
export class VaultTaskRunner {
  readonly #readings = new Map<number, Iterator<Receipt>>();

  run(work: VaultTask, vault: Vault): VaultTaskResults[VaultTask['kind']] {
    switch (work.kind) {
      case 'recover':
        return vault.recover();
      case 'probe':
        return vault.probe();
      case 'receipts':
        this.#readings.set(work.reader, vault.recentReceipts(work.since)[Symbol.iterator]());
        return this.#page(work.reader);
      case 'more-receipts':
        return this.#page(work.reader);
    }
  }

  #page(reader: number): ReceiptPage {
    const reading = this.#readings.get(reader);
    const receipts: Receipt[] = [];
    while (reading && receipts.length < RECEIPTS_PER_PAGE) {
      const { value, done } = reading.next();
      if (done) {
        this.#readings.delete(reader);
        return { receipts, last: true };
      }
      receipts.push(value);
    }
    return { receipts, last: !reading };
  }
}
