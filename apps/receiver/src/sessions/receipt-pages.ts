import type { Receipt, SnapshotPlace } from '@periodic-backup/contracts';
import type { Vault } from '@periodic-backup/vault';
import type { PlacedReceipt } from '../reports/receipt-reporter.js';
import type { ReceiptPage } from './session-messages.js';

const RECEIPTS_PER_PAGE = 200;

/** Readings of receipts that are under way, handed out a page at a time. `reader` names a reading. */
export class ReceiptPages {
  readonly #readings = new Map<number, Iterator<PlacedReceipt>>();

  begin(reader: number, receipts: Iterable<PlacedReceipt>): ReceiptPage {
    this.#readings.set(reader, receipts[Symbol.iterator]());
    return this.next(reader);
  }

  next(reader: number): ReceiptPage {
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

/** What was committed since then, oldest first. */
export function* recentReceipts(vault: Vault, since: Date): Generator<PlacedReceipt> {
  let places: Map<string, SnapshotPlace> | null = null;
  for (const receipt of vault.recentReceipts(since)) {
    places ??= placesOfPlans(vault);
    const place = places.get(receipt.planId);
    yield place ? { receipt, place } : { receipt };
  }
}

/** Everything that the vault holds. */
export function* allReceipts(vault: Vault): Generator<PlacedReceipt> {
  for (const { place, receipts } of vault.places()) for (const receipt of receipts) yield { receipt, place };
}

/** A plan keeps its place for ever, so that any of its receipts tells it. */
function placesOfPlans(vault: Vault): Map<string, SnapshotPlace> {
  const places = new Map<string, SnapshotPlace>();
  for (const { place, receipts } of vault.places()) {
    const first = firstOf(receipts);
    if (first) places.set(first.planId, place);
  }
  return places;
}

function firstOf(receipts: Iterable<Receipt>): Receipt | null {
  for (const receipt of receipts) return receipt;
  return null;
}
