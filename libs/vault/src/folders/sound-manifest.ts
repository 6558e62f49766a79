import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { Receipt, receiptIsGenuine } from '@periodic-backup/contracts';
import { Manifest } from '../manifest/manifest-reader.js';
import { DamagedError, NotFoundError, errorCode } from '../storage-errors.js';
import type { PlanPlace, VaultIdentity } from '../vault.js';
import type { ReceiptStore } from './receipt-store.js';
import type { VaultLayout } from './vault-layout.js';

const DIGESTS_KEPT = 10_000;

export interface SoundManifest {
  readonly manifest: Manifest;
  readonly receipt: Receipt;
}

/** Opens manifests only after they were compared, as a whole, with what their receipts say of them. */
export class SoundManifests {
  private readonly publicKey: KeyObject;
  /** Digests of manifests by what the file system says of the file: nobody changes one without a trace there. */
  private readonly digests = new Map<string, string>();

  constructor(
    private readonly layout: VaultLayout,
    private readonly receipts: ReceiptStore,
    identity: VaultIdentity,
  ) {
    this.publicKey = createPublicKey(identity.publicKey);
  }

  /**
   * `anew`: reads the manifest even if it was read before and its file has not changed since.
   * @throws NotFoundError, DamagedError
   */
  open(place: PlanPlace, snapshot: string, anew = false): SoundManifest {
    const path = this.layout.manifest(place, snapshot);
    try {
      const key = identityOf(path);
      const manifest = Manifest.open(path);
      if (manifest.header.snapshot !== snapshot)
        throw new DamagedError(`The manifest ${path} is that of the snapshot ${manifest.header.snapshot}.`);
      if (anew) this.digests.delete(key);
      const digest = this.digests.get(key) ?? manifest.digest().toString('hex');
      const receipt = this.receiptOf(place, manifest, digest);
      if (receipt.manifestDigest !== digest)
        throw new DamagedError(`The manifest ${path} is damaged: it is not the one that its receipt names.`);
      this.keep(key, digest);
      return { manifest, receipt };
    } catch (cause) {
      if (errorCode(cause) === 'ENOENT')
        throw new NotFoundError(`The vault has no snapshot ${snapshot} of this plan.`, cause);
      throw cause;
    }
  }

  /** Null instead of an error if it is damaged or gone. */
  openIfSound(place: PlanPlace, snapshot: string): SoundManifest | null {
    try {
      return this.open(place, snapshot);
    } catch (error) {
      if (error instanceof DamagedError || error instanceof NotFoundError) return null;
      throw error;
    }
  }

  /** What the vault's key once said of a snapshot, even if its manifest is damaged now; null if nothing is left of that. */
  receiptOfAny(place: PlanPlace, snapshot: string): Receipt | null {
    const sound = this.openIfSound(place, snapshot);
    if (sound !== null) return sound.receipt;
    const named = this.receipts.naming(place, snapshot);
    return named !== null && receiptIsGenuine(named, this.publicKey) ? named : null;
  }

  /** A receipt whose file is lost follows from the manifest. One that was altered does not. */
  private receiptOf(place: PlanPlace, { header, footer }: Manifest, digest: string): Receipt {
    const path = this.layout.receipt(place, header.runId);
    const text = readOrNull(path);
    const receipt = text === null ? this.receipts.naming(place, header.snapshot) : parseReceipt(text);
    if (text === null && receipt === null)
      return this.receipts.make(header, footer, Buffer.from(digest, 'hex'));
    if (receipt?.snapshot === header.snapshot && receiptIsGenuine(receipt, this.publicKey)) return receipt;
    throw new DamagedError(
      `The receipt ${path} is damaged: the vault's key did not sign it. Bring it back from a copy of the vault; ` +
        'if you trust the manifest as it is, remove the file: it is made again.',
    );
  }

  private keep(key: string, digest: string): void {
    if (this.digests.size >= DIGESTS_KEPT) this.digests.clear();
    this.digests.set(key, digest);
  }
}

function identityOf(path: string): string {
  const { dev, ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
  return [path, dev, ino, size, mtimeNs, ctimeNs].join('\n');
}

function parseReceipt(text: string): Receipt | null {
  try {
    return Receipt.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}
