import type { Receipt } from '@periodic-backup/contracts';
import type { Vault } from '@periodic-backup/vault';
import type { PlacedReceipt } from '../reports/receipt-reporter.js';
import type { ReceiptPage, VaultTask, VaultTaskResults } from './session-messages.js';

const RECEIPTS_PER_PAGE = 200;

/** Does the work on the vault that belongs to no session. */
export class VaultTaskRunner {
  readonly #readings = new Map<number, Iterator<PlacedReceipt>>();

  run(work: VaultTask, vault: Vault): VaultTaskResults[VaultTask['kind']] {
    switch (work.kind) {
      case 'recover':
        return vault.recover();
      case 'probe':
        return vault.probe();
      case 'receipts':
        this.#readings.set(work.reader, placedReceipts(vault.recentReceipts(work.since)));
        return this.#page(work.reader);
      case 'more-receipts':
        return this.#page(work.reader);
    }
  }

  #page(reader: number): ReceiptPage {
    const reading = this.#readings.get(reader);
    const receipts: PlacedReceipt[] = [];
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

function* placedReceipts(receipts: Iterable<Receipt>): Generator<PlacedReceipt> {
  for (const receipt of receipts) yield { receipt };
}
