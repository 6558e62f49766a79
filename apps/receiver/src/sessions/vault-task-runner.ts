import type { Vault } from '@periodic-backup/vault';
import { cutVerification } from './cut-verification.js';
import { ReceiptPages, allReceipts, recentReceipts } from './receipt-pages.js';
import type { VaultTask, VaultTaskResults } from './session-messages.js';
import { VerifySteps } from './verify-steps.js';

/** Does the work on the vault that belongs to no session. */
export class VaultTaskRunner {
  readonly #receipts = new ReceiptPages();
  readonly #verifications = new VerifySteps();

  run(work: VaultTask, vault: Vault): VaultTaskResults[VaultTask['kind']] {
    switch (work.kind) {
      case 'recover':
        return vault.recover();
      case 'probe':
        return vault.probe();
      case 'receipts':
        return this.#receipts.begin(
          work.reader,
          work.since ? recentReceipts(vault, work.since) : allReceipts(vault),
        );
      case 'more-receipts':
        return this.#receipts.next(work.reader);
      case 'remove':
        return vault.removeSnapshots(work.place, work.snapshots, { keepOnlyCopies: work.keepOnlyCopies });
      case 'cut':
        return cutVerification(vault, work.place, work.snapshots, work.limits);
      case 'verify': {
        const { place, snapshots } = work;
        const request = { snapshots, from: bufferOf(work.from), to: bufferOf(work.to) };
        return this.#verifications.begin(work.reader, vault.verify(place, request), work.stepBytes);
      }
      case 'more-verify':
        return this.#verifications.next(work.reader);
      case 'stop-verify':
        return this.#verifications.stop(work.reader);
    }
  }

  /** The thread ends. */
  stop(): void {
    this.#verifications.stopAll();
  }
}

/** What was a Buffer before it came from another thread. */
function bufferOf(bytes: Uint8Array | null): Buffer | null {
  return bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
