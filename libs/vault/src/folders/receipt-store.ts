import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KeyObject } from 'node:crypto';
import { Receipt, signReceipt } from '@periodic-backup/contracts';
import { Manifest, readHeader } from '../manifest/manifest-reader.js';
import type { ManifestFooter, ManifestHeader } from '../manifest/manifest-format.js';
import { DamagedError, StorageFailedError, errorCode } from '../storage-errors.js';
import type { PlanPlace } from '../vault.js';
import { flushDirectory, makeDirectoryDurably, removeFile, replaceFile } from './durable-files.js';
import { namesIn, type VaultLayout } from './vault-layout.js';

/**
 * Receipts of committed runs. A receipt follows wholly from its manifest and the vault's key, so that a lost file is
 * no loss: it is made again, byte for byte.
 */
export class ReceiptStore {
  constructor(
    private readonly layout: VaultLayout,
    /** Null in a vault that is only read. */
    private readonly privateKey: KeyObject | null,
  ) {}

  /** The receipt for a manifest with this digest. */
  make(header: ManifestHeader, footer: ManifestFooter, manifestDigest: Buffer): Receipt {
    const { runId, epoch, agentId, planId, vaultId, snapshot, previous } = header;
    if (this.privateKey === null)
      throw new StorageFailedError(
        `The receipt of ${snapshot} is lost; the vault's key could make it again.`,
      );
    return signReceipt(
      {
        v: 1,
        runId,
        epoch,
        agentId,
        planId,
        vaultId,
        snapshot,
        previous,
        manifestDigest: manifestDigest.toString('hex'),
        counts: footer.counts,
        committedAt: footer.committedAt,
      },
      this.privateKey,
    );
  }

  /** The receipt of a committed snapshot. @throws DamagedError if it is lost and the manifest is damaged */
  ofSnapshot(place: PlanPlace, snapshot: string): Receipt {
    const path = this.layout.manifest(place, snapshot);
    const header = readHeader(path)?.header;
    const stored = (header && this.read(this.layout.receipt(place, header.runId))) ?? null;
    if (stored?.snapshot === snapshot) return stored;
    const named = this.naming(place, snapshot);
    if (named !== null) return named;
    const manifest = Manifest.open(path);
    return this.make(manifest.header, manifest.footer, manifest.digest());
  }

  /** The receipt of a listed snapshot, null if it is gone meanwhile or so damaged that nothing tells. */
  known(place: PlanPlace, snapshot: string): Receipt | null {
    try {
      return this.ofSnapshot(place, snapshot);
    } catch (error) {
      if (errorCode(error) === 'ENOENT' || error instanceof DamagedError) return null;
      throw error;
    }
  }

  /** The stored receipt that names a snapshot, whatever its manifest says; null if there is none. Reads all of the plan. */
  naming(place: PlanPlace, snapshot: string): Receipt | null {
    const directory = this.layout.planReceipts(place);
    for (const name of namesIn(directory)) {
      const receipt = this.read(join(directory, name));
      if (receipt?.snapshot === snapshot) return receipt;
    }
    return null;
  }

  /** The receipt of a committed run, null if this plan has none of it. */
  ofRun(place: PlanPlace, runId: string): Receipt | null {
    const stored = this.read(this.layout.receipt(place, runId));
    if (stored !== null) return stored;
    // A crash right after a commit loses at most the newest one's file.
    const newest = this.layout.newestSnapshot(place);
    if (newest === null || readHeader(this.layout.manifest(place, newest))?.header.runId !== runId)
      return null;
    return this.repair(place, newest);
  }

  /** Makes a snapshot's receipt file again. The manifest's name may not be durable yet: a receipt promises it. */
  repair(place: PlanPlace, snapshot: string): Receipt {
    flushDirectory(this.layout.planManifests(place));
    const receipt = this.ofSnapshot(place, snapshot);
    this.store(place, receipt);
    return receipt;
  }

  /** True if the file is there. */
  isStored(place: PlanPlace, runId: string): boolean {
    return this.read(this.layout.receipt(place, runId)) !== null;
  }

  /** Removes the receipt of a snapshot whose manifest lies at `manifest` now. */
  remove(place: PlanPlace, snapshot: string, manifest: string): void {
    const header = readHeader(manifest)?.header;
    const receipt = header && this.read(this.layout.receipt(place, header.runId));
    const runId = receipt?.snapshot === snapshot ? receipt.runId : this.naming(place, snapshot)?.runId;
    if (runId === undefined) return;
    removeFile(this.layout.receipt(place, runId));
    flushDirectory(this.layout.planReceipts(place));
  }

  store(place: PlanPlace, receipt: Receipt): void {
    makeDirectoryDurably(this.layout.planReceipts(place));
    replaceFile(this.layout.receipt(place, receipt.runId), JSON.stringify(receipt));
  }

  private read(path: string): Receipt | null {
    try {
      const receipt = Receipt.safeParse(JSON.parse(readFileSync(path, 'utf8')));
      return receipt.success ? receipt.data : null;
    } catch (error) {
      if (errorCode(error) === 'ENOENT' || error instanceof SyntaxError) return null;
      throw error;
    }
  }
}
