import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomUUID,
  type KeyObject,
} from 'node:crypto';
import { readFileSync } from 'node:fs';
import { DIGEST_NAME } from '@periodic-backup/protocol';
import { z } from 'zod';
import { StorageFailedError, errorCode } from '../storage-errors.js';
import type { VaultIdentity } from '../vault.js';
import { publishOnce } from './durable-files.js';
import type { VaultLayout } from './vault-layout.js';

const IdentityFile = z.object({
  id: z.uuid(),
  name: z.string(),
  layout: z.literal('folders'),
  formatVersion: z.literal(1),
  digest: z.literal(DIGEST_NAME),
  createdAt: z.iso.datetime(),
  publicKey: z.string(),
});

export interface VaultKeys {
  readonly identity: VaultIdentity;
  /** Null: nothing can be signed. */
  readonly privateKey: KeyObject | null;
}

/**
 * The identity and key of the vault; made if it has none. Processes that do so at once agree: the first file of each
 * name stays, and the identity is drawn from the key that stayed.
 */
export function readOrMakeIdentity(layout: VaultLayout, name: string, now: Date): VaultKeys {
  const before = readOrNull(layout.identityFile);
  if (readOrNull(layout.keyFile) === null) {
    if (before !== null)
      throw new StorageFailedError(
        `The vault's key ${layout.keyFile} is missing: without it no receipt can be signed. Bring it back.`,
      );
    const { privateKey } = generateKeyPairSync('ed25519');
    publishOnce(layout.keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), 0o600);
  }
  const privateKey = createPrivateKey(readFileSync(layout.keyFile));
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString();
  if (before === null) publishOnce(layout.identityFile, newIdentity(name, now, publicKey), 0o644);
  const identity = parseIdentity(layout, readFileSync(layout.identityFile, 'utf8'));
  if (identity.publicKey !== publicKey)
    throw new StorageFailedError(`${layout.keyFile} is not the key of this vault. Bring the right one back.`);
  return { identity, privateKey };
}

/** The identity of a vault that is there: all that reading needs, should the key be lost. @throws StorageFailedError */
export function readIdentity(layout: VaultLayout): VaultIdentity {
  const text = readOrNull(layout.identityFile);
  if (text === null) throw new StorageFailedError(`There is no vault: ${layout.identityFile} is missing.`);
  return parseIdentity(layout, text);
}

function newIdentity(name: string, now: Date, publicKey: string): string {
  const identity: VaultIdentity = {
    id: randomUUID(),
    name,
    layout: 'folders',
    formatVersion: 1,
    digest: DIGEST_NAME,
    createdAt: now.toISOString(),
    publicKey,
  };
  return `${JSON.stringify(identity, null, 2)}\n`;
}

function parseIdentity(layout: VaultLayout, text: string): VaultIdentity {
  try {
    return IdentityFile.parse(JSON.parse(text));
  } catch (cause) {
    throw new StorageFailedError(
      `${layout.identityFile} is damaged or was written by a version that this one does not know.`,
      cause,
    );
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
