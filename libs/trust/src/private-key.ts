import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { publishOnce } from './publish-file.js';

/** A new key for a certificate of ours: ECDSA on the curve P-256. */
export function newPrivateKey(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey;
}

/** The key in the file, made if there is none. Several processes starting at once agree on one. */
export function loadOrCreatePrivateKey(file: string, mode = 0o600): KeyObject {
  const there = readPrivateKey(file);
  if (there) return there;
  publishOnce(file, newPrivateKey().export({ type: 'pkcs8', format: 'pem' }) as string, mode);
  const made = readPrivateKey(file);
  if (!made) throw new Error(`The key ${file} was written but cannot be read.`);
  return made;
}

function readPrivateKey(file: string): KeyObject | null {
  let pem: Buffer;
  try {
    pem = readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    // What is in the file must not get into a message.
    throw new Error(`The key ${file} is damaged: restore it from a copy, or remove it and join again.`, {
      cause,
    });
  }
}
