import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { publishOnce } from '@periodic-backup/trust';

/**
 * The Ed25519 key pair of a service, made at its first start: the private key at `privateFile` (mode 0600), the public
 * one at `publicFile`. Several processes starting at once agree on one pair.
 */
export function loadOrCreateKeyPair(
  privateFile: string,
  publicFile: string,
): { privateKey: KeyObject; publicKey: KeyObject } {
  mkdirSync(dirname(privateFile), { recursive: true, mode: 0o755 });
  mkdirSync(dirname(publicFile), { recursive: true, mode: 0o755 });
  let privateKey = tryRead(privateFile);
  if (!privateKey) {
    const pair = generateKeyPairSync('ed25519');
    publishOnce(privateFile, pair.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string, 0o600);
    privateKey = tryRead(privateFile);
    if (!privateKey) throw new Error(`The key ${privateFile} was written but cannot be read.`);
  }
  const publicKey = createPublicKey(privateKey);
  publishOnce(publicFile, publicKey.export({ type: 'spki', format: 'pem' }) as string, 0o644);
  return { privateKey, publicKey };
}

/** Reads a public key. @throws Error that names the file and the remedy */
export function loadPublicKey(file: string): KeyObject {
  try {
    return createPublicKey(readFileSync(file));
  } catch (error) {
    throw new Error(
      `The public key ${file} cannot be read (${(error as Error).message}). The scheduler writes it at its first start.`,
      {
        cause: error,
      },
    );
  }
}

function tryRead(file: string): KeyObject | null {
  try {
    return createPrivateKey(readFileSync(file));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
