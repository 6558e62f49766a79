import { sign, verify, type KeyObject } from 'node:crypto';
import { canonicalJson } from './canonical-json.js';

/** What a key is asked to sign: a signature for one purpose is none for another. */
export type Purpose = 'join' | 'credentials' | 'report' | 'revocations' | 'presence' | 'part' | 'board';

/** Signs a value: whoever has the public key can see that the holder of this key said it, and what for. */
export function proveKey(purpose: Purpose, value: unknown, privateKey: KeyObject): string {
  return sign(digestOf(privateKey), statement(purpose, value), privateKey).toString('base64url');
}

export function provesKey(purpose: Purpose, value: unknown, proof: string, publicKey: KeyObject): boolean {
  try {
    const signature = Buffer.from(proof, 'base64url');
    return verify(digestOf(publicKey), statement(purpose, value), publicKey, signature);
  } catch {
    return false;
  }
}

/** Nothing that TLS has the same key sign begins like this. */
function statement(purpose: Purpose, value: unknown): Buffer {
  return Buffer.from(`pbk-${purpose}-1\0${canonicalJson(value)}`);
}

/** Ed25519 brings its own. */
function digestOf(key: KeyObject): 'sha256' | null {
  return key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
}
