import { createRequire } from 'node:module';

/** The name of the only digest of version 1, as it stands in handshake, vault and manifest. */
export const DIGEST_NAME = 'blake3';
export const DIGEST_BYTES = 32;

/** An incremental BLAKE3 (256 bits). */
export interface Digest {
  update(bytes: Uint8Array): void;
  /** Ends the computation. */
  finish(): Buffer;
}

interface Engine {
  create(): Digest;
  of(bytes: Uint8Array): Buffer;
}

const engine = nativeEngine() ?? (await webAssemblyEngine());

/** Starts an incremental digest. */
export function createDigest(): Digest {
  return engine.create();
}

/** The digest of bytes that are all here. */
export function digestOf(bytes: Uint8Array): Buffer {
  return engine.of(bytes);
}

/** Prebuilt native code: several GB/s. Missing on platforms without a prebuilt binary. */
function nativeEngine(): Engine | null {
  try {
    const native = createRequire(import.meta.url)(
      '@napi-rs/blake-hash',
    ) as typeof import('@napi-rs/blake-hash');
    return {
      // As text: a buffer of native memory costs a finaliser, and is not freed before the event loop turns.
      of: (bytes) => Buffer.from(native.blake3UrlSafeBase64(bytes), 'base64url'),
      create: () => {
        const hasher = new native.Blake3Hasher();
        return { update: (bytes) => void hasher.update(bytes), finish: () => hasher.digestBuffer() };
      },
    };
  } catch {
    return null;
  }
}

/** Works everywhere, an order of magnitude slower. */
async function webAssemblyEngine(): Promise<Engine> {
  const { createBLAKE3 } = await import('hash-wasm');
  const oneShot = await createBLAKE3();
  const free = [await createBLAKE3(), await createBLAKE3(), await createBLAKE3(), await createBLAKE3()];
  return {
    of: (bytes) => Buffer.from(oneShot.init().update(bytes).digest('binary')),
    create: () => {
      const hasher = free.pop();
      if (!hasher)
        throw new Error('More than four digests at once: the fallback without native code has no more.');
      hasher.init();
      return {
        update: (bytes) => void hasher.update(bytes),
        finish: () => {
          const digest = Buffer.from(hasher.digest('binary'));
          free.push(hasher);
          return digest;
        },
      };
    },
  };
}
