import { createPublicKey, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { ReceiverPresence } from '@periodic-backup/contracts';
import { pinVault, pinnedKey } from '@periodic-backup/ledger';
import { SchedulerRuntime } from '../runtime/scheduler-runtime.js';

/**
 * Knows the public key of each vault: the one that was announced first. A pinned key never changes, so remembering
 * it here is no second truth.
 */
@Injectable()
export class VaultKeys {
  readonly #pinned = new Map<string, string>();
  readonly #names = new Map<string, string>();
  readonly #keys = new Map<string, KeyObject>();
  readonly #refused = new Set<string>();

  constructor(private readonly runtime: SchedulerRuntime) {}

  /** Pins the vault's key if it is new; false if the receiver announces a key other than the pinned one. */
  async admit(presence: ReceiverPresence): Promise<boolean> {
    const { vaultId: id, vaultName: name, layout, vaultPublicKey: publicKey } = presence;
    if (!this.#pinned.has(id) || this.#names.get(id) !== name) {
      if (!isKey(publicKey)) return this.#refuse(presence, 'is no public key');
      const vault = await pinVault(this.runtime.ledger, { id, name, layout, publicKey });
      this.#pinned.set(id, vault.publicKey);
      this.#names.set(id, name);
    }
    return (
      this.#pinned.get(id) === publicKey || this.#refuse(presence, 'is not the one pinned for this vault')
    );
  }

  /** The key that verifies a vault's receipts; null if no receiver of it was ever seen. */
  async of(vaultId: string): Promise<KeyObject | null> {
    const known = this.#keys.get(vaultId);
    if (known) return known;
    const pem = this.#pinned.get(vaultId) ?? (await pinnedKey(this.runtime.ledger, vaultId));
    if (pem === null) return null;
    this.#pinned.set(vaultId, pem);
    const key = createPublicKey(pem);
    this.#keys.set(vaultId, key);
    return key;
  }

  #refuse({ receiverId, vaultId, vaultPublicKey }: ReceiverPresence, why: string): false {
    const key = `${receiverId} ${vaultId} ${vaultPublicKey}`;
    if (!this.#refused.has(key)) {
      if (this.#refused.size >= 1000) this.#refused.clear();
      this.#refused.add(key);
      this.runtime.logger.error({ receiverId, vaultId }, `receiver refused: the key it announces ${why}`);
    }
    return false;
  }
}

function isKey(pem: string): boolean {
  try {
    return createPublicKey(pem).asymmetricKeyType === 'ed25519';
  } catch {
    return false;
  }
}
