import { createHash } from 'node:crypto';

/** Bytes that do not repeat, the same for the same seed. */
export function seededContent(seed: string, sizeBytes: number): Buffer {
  const blocks: Buffer[] = [];
  for (let i = 0; i * 64 < sizeBytes; i++) blocks.push(createHash('sha512').update(`${seed} ${i}`).digest());
  return Buffer.concat(blocks).subarray(0, sizeBytes);
}
