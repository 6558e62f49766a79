import { createDigest, digestOf } from '@periodic-backup/protocol';
import type { VerifyProgress } from '../vault.js';
import { readFully } from './write-all.js';

const BLOCK_BYTES = 1 << 20;

/** Reads files for their digests, in constant memory, and counts what it read. */
export class ContentReader {
  readonly progress = { filesRead: 0, bytesRead: 0 };
  private readonly block = Buffer.allocUnsafe(BLOCK_BYTES);

  /** Digest of the first `sizeBytes` bytes of an open file; yields after each block but the last. */
  *digest(file: number, sizeBytes: number): Generator<VerifyProgress, Buffer> {
    const digest =
      sizeBytes <= BLOCK_BYTES
        ? digestOf(this.read(file, 0, sizeBytes))
        : yield* this.digestInBlocks(file, sizeBytes);
    this.progress.filesRead++;
    return digest;
  }

  private *digestInBlocks(file: number, sizeBytes: number): Generator<VerifyProgress, Buffer> {
    const running = createDigest();
    let isFinished = false;
    try {
      for (let at = 0; at < sizeBytes; at += BLOCK_BYTES) {
        if (at > 0) yield this.progress;
        running.update(this.read(file, at, Math.min(BLOCK_BYTES, sizeBytes - at)));
      }
      isFinished = true;
      return running.finish();
    } finally {
      // Nobody wants to know any more: what it holds is freed by that.
      if (!isFinished) running.finish();
    }
  }

  private read(file: number, at: number, bytes: number): Buffer {
    const read = this.block.subarray(0, readFully(file, this.block.subarray(0, bytes), at));
    this.progress.bytesRead += read.length;
    return read;
  }
}
