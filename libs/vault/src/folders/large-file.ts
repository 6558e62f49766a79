import { closeSync, copyFileSync, constants, fstatSync, renameSync, ftruncateSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createDigest, type Digest, type Entry, type ReadOutcome } from '@periodic-backup/protocol';
import type { SnapshotContent } from './snapshot-content.js';
import { finishFile } from './snapshot-content.js';
import type { StagingDirectory } from './staging-directory.js';
import { readFully, writeAll } from './write-all.js';

const WHILE_WRITTEN = 0o600;
const BLOCK_BYTES = 1 << 20;
const ZEROS = Buffer.alloc(BLOCK_BYTES);

/** One large file on its way into the tree: between its start and its end. */
export class LargeFile {
  private digest: Digest | null = createDigest();
  private reachedBytes = 0;

  private constructor(
    private readonly content: SnapshotContent,
    readonly path: Buffer,
    private file: number,
    /** Where the bytes that came in this session begin. */
    readonly offset: number,
  ) {}

  static begin(content: SnapshotContent, path: Buffer): LargeFile {
    return new LargeFile(content, path, content.create(path, WHILE_WRITTEN), 0);
  }

  /**
   * Goes on with what an earlier session stored, which is read and hashed. If that session's writer may still have the
   * file open, a copy takes its place first: what was staged can then not change any more.
   */
  static continue(
    content: SnapshotContent,
    path: Buffer,
    offset: number,
    staging: StagingDirectory,
    writerMayLive: boolean,
  ): LargeFile {
    const { tree } = content;
    if (writerMayLive) {
      const copy = join(staging.path, `continued-${randomBytes(6).toString('hex')}`);
      tree.at(path, (full) => copyFileSync(full, copy, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL));
      tree.at(path, (full) => renameSync(copy, full));
    }
    // Complete but for its record, it has its final mode already, which may forbid writing.
    tree.chmod(path, WHILE_WRITTEN);
    const large = new LargeFile(content, path, tree.openToWrite(path), offset);
    large.hashStaged(offset);
    return large;
  }

  append(bytes: Buffer): void {
    this.content.tree.fault?.('write', this.path);
    writeAll(this.file, bytes, this.reachedBytes);
    this.digest?.update(bytes);
    this.reachedBytes += bytes.length;
  }

  appendHole(lengthBytes: number): void {
    for (let rest = lengthBytes; rest > 0; rest -= BLOCK_BYTES)
      this.digest?.update(rest >= BLOCK_BYTES ? ZEROS : ZEROS.subarray(0, rest));
    this.reachedBytes += lengthBytes;
  }

  /** Completes the file if it has the outcome's digest and size; else removes it. True if it is stored. */
  end(entry: Entry, outcome: ReadOutcome): boolean {
    const digest = this.digest?.finish();
    this.digest = null;
    if (this.reachedBytes !== outcome.size || !digest?.equals(outcome.digest)) {
      this.drop();
      return false;
    }
    finishFile(this.file, entry, outcome.size);
    this.close();
    this.content.countStored(outcome.size);
    return true;
  }

  /** Removes what there is of it. */
  drop(): void {
    this.close();
    this.content.tree.remove(this.path);
  }

  /** Lets go of it; what is staged stays. Safe to repeat. */
  close(): void {
    this.digest?.finish();
    this.digest = null;
    if (this.file >= 0) closeSync(this.file);
    this.file = -1;
  }

  private hashStaged(bytes: number): void {
    ftruncateSync(this.file, Math.min(bytes, fstatSync(this.file).size));
    const from = this.content.tree.openToRead(this.path);
    try {
      const block = Buffer.allocUnsafe(BLOCK_BYTES);
      while (this.reachedBytes < bytes) {
        const part = block.subarray(0, Math.min(BLOCK_BYTES, bytes - this.reachedBytes));
        const read = readFully(from, part, this.reachedBytes);
        if (read === 0) break;
        this.digest?.update(part.subarray(0, read));
        this.reachedBytes += read;
      }
    } finally {
      closeSync(from);
    }
  }
}
