import { createPublicKey, type KeyObject } from 'node:crypto';
import type { Purpose } from '@periodic-backup/contracts';
import type { Vault } from '@periodic-backup/vault';

/** Speaks for the vault, with its key: to the scheduler, and to its other receivers. */
export interface VaultVoice {
  readonly vaultId: string;
  readonly publicKey: KeyObject;
  prove(purpose: Purpose, value: unknown): string;
}

export function voiceOf(vault: Pick<Vault, 'identity' | 'prove'>): VaultVoice {
  const { id, publicKey } = vault.identity;
  return {
    vaultId: id,
    publicKey: createPublicKey(publicKey),
    prove: (purpose, value) => vault.prove(purpose, value),
  };
}
