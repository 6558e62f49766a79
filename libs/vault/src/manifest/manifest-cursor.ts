import { closeSync, constants, openSync } from 'node:fs';
import { MAX_PATH_BYTES, comparePaths, decodeEntry, type Entry } from '@periodic-backup/protocol';
import { readFully } from '../folders/write-all.js';
import { DamagedError } from '../storage-errors.js';
import type { BlockIndex } from './block-index.js';
import { BLOCK_BYTES } from './manifest-format.js';

/** Fields of a record that tell its path and its length: SPEC.md §5.1. */
const FIXED_BYTES = 42;
const FLAGS_AT = 1;
const SHARED_AT = 36;
const SUFFIX_BYTES_AT = 38;
const TARGET_BYTES_AT = 40;
const DIGEST_FLAG = 0x08;
const DIGEST_BYTES = 32;
const SLASH = 0x2f;
const NO_PATH = Buffer.alloc(0);

/**
 * A place in a manifest's entries that moves to any path. Forward within a block it passes over records without decoding
 * them; beyond, the index leads. Memory: one block.
 */
export class ManifestCursor {
  /** The entry at the cursor's place, null behind the last one. Fresh buffers. */
  current: Entry | null = null;

  private block = -1;
  private readonly buffer = Buffer.allocUnsafe(BLOCK_BYTES);
  private records = this.buffer.subarray(0, 0);
  /** Where the record of `current` begins and where the next one does. */
  private at = 0;
  private next = 0;
  /** The path that the record at `at` shares its beginning with. */
  private pathBefore: Buffer = NO_PATH;
  /** The same while records are passed over. */
  private readonly path = Buffer.allocUnsafe(MAX_PATH_BYTES);
  private pathBytes = 0;
  /** The path of the last {@link seek} if nothing moved since: between it and `current` there is nothing. */
  private sought: Buffer | null = null;
  private file: number;

  /** At the first entry. The caller closes the cursor. */
  constructor(
    private readonly manifestPath: string,
    private readonly index: BlockIndex,
  ) {
    this.file = openSync(manifestPath, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      if (this.load(0)) this.decode();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Moves on to the next entry. */
  advance(): void {
    this.sought = null;
    if (this.current === null) return;
    this.at = this.next;
    if (this.at < this.records.length || this.load(this.block + 1)) this.decode();
    else this.current = null;
  }

  /** Moves to the first entry whose path is not before `path`, wherever that is. */
  seek(path: Buffer): void {
    const { current, sought } = this;
    const isBehind = current === null || comparePaths(current.path, path) >= 0;
    if (isBehind && sought !== null && comparePaths(sought, path) <= 0) return;
    this.sought = Buffer.from(path);
    if (current !== null && !isBehind && !this.isBeyondBlock(path)) this.at = this.next;
    else if (!this.load(this.index.blockOf(path))) {
      this.current = null;
      return;
    }
    if (this.scan(path)) this.decode();
    else this.current = null;
  }

  /** Safe to repeat. */
  close(): void {
    if (this.file >= 0) closeSync(this.file);
    this.file = -1;
  }

  private isBeyondBlock(path: Buffer): boolean {
    const following = this.block + 1;
    return following < this.index.blocks && comparePaths(this.index.firstPath(following), path) <= 0;
  }

  /** False behind the last block. */
  private load(block: number): boolean {
    if (block >= this.index.blocks) return false;
    const { start, end } = this.index.range(block);
    if (!(end > start && end - start <= BLOCK_BYTES)) throw this.damaged();
    this.records = this.buffer.subarray(0, end - start);
    if (readFully(this.file, this.records, start) < this.records.length) throw this.damaged();
    this.block = block;
    this.at = 0;
    this.pathBytes = 0;
    this.pathBefore = NO_PATH;
    return true;
  }

  /**
   * Moves `at` to the first record from there on whose path is not before `key`. As long as a record shares more with the
   * one before than that one with `key`, it is before `key` too, and nothing of it is looked at.
   */
  private scan(key: Buffer): boolean {
    this.pathBytes = this.pathBefore.copy(this.path);
    let common = 0;
    while (common < key.length && common < this.pathBytes && this.path[common] === key[common]) common++;
    for (;;) {
      const { records, at } = this;
      if (at === records.length) {
        if (!this.load(this.block + 1)) return false;
        common = 0;
        continue;
      }
      const { shared, suffixBytes, end } = this.measure();
      if (shared <= common) {
        const order = this.orderOf(key, shared, suffixBytes);
        if (order.isReached) {
          this.pathBefore = this.path.subarray(0, this.pathBytes);
          return true;
        }
        common = order.common;
      }
      records.copy(this.path, shared, at + FIXED_BYTES, at + FIXED_BYTES + suffixBytes);
      this.pathBytes = shared + suffixBytes;
      this.at = end;
    }
  }

  /** Compares the record's path with `key`, given that they agree in the first `shared` bytes. */
  private orderOf(
    key: Buffer,
    shared: number,
    suffixBytes: number,
  ): { readonly isReached: boolean; readonly common: number } {
    const { records } = this;
    const suffixAt = this.at + FIXED_BYTES;
    let same = 0;
    while (
      same < suffixBytes &&
      shared + same < key.length &&
      records[suffixAt + same] === key[shared + same]
    )
      same++;
    const common = shared + same;
    if (common === key.length) return { isReached: true, common };
    if (same === suffixBytes) return { isReached: false, common };
    const isReached = rank(records[suffixAt + same] as number) > rank(key[common] as number);
    return { isReached, common };
  }

  private measure(): { readonly shared: number; readonly suffixBytes: number; readonly end: number } {
    const { records, at } = this;
    if (at + FIXED_BYTES > records.length) throw this.damaged();
    const shared = records.readUInt16BE(at + SHARED_AT);
    const suffixBytes = records.readUInt16BE(at + SUFFIX_BYTES_AT);
    const digestBytes = ((records[at + FLAGS_AT] as number) & DIGEST_FLAG) === 0 ? 0 : DIGEST_BYTES;
    const end = at + FIXED_BYTES + suffixBytes + records.readUInt16BE(at + TARGET_BYTES_AT) + digestBytes;
    if (end > records.length || shared > this.pathBytes || shared + suffixBytes > MAX_PATH_BYTES)
      throw this.damaged();
    return { shared, suffixBytes, end };
  }

  private decode(): void {
    try {
      const { entry, end } = decodeEntry(this.records, this.at, this.pathBefore);
      this.current = entry;
      this.next = end;
      this.pathBefore = entry.path;
    } catch (cause) {
      throw this.damaged(cause);
    }
  }

  private damaged(cause?: unknown): DamagedError {
    return new DamagedError(`The manifest ${this.manifestPath} is damaged.`, cause);
  }
}

/** `/` comes before everything else: the order of paths. */
function rank(byte: number): number {
  return byte === SLASH ? 0 : byte;
}
