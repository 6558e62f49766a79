import { createHash, type KeyObject } from 'node:crypto';

/** What a public key is called: the SHA-256 of its SPKI form, in hex. It outlives every certificate made for the key. */
export function keyIdOf(publicKey: KeyObject): string {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}
