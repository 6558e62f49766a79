import { closeSync, openSync } from 'node:fs';
import { createDigest, encodeEntry, type Digest, type Entry } from '@periodic-backup/protocol';
import { writeAll } from '../folders/write-all.js';
import {
  BLOCK_BYTES,
  MANIFEST_MAGIC,
  TRAILER_BYTES,
  TRAILER_MAGIC,
  type ManifestFooter,
  type ManifestHeader,
} from './manifest-format.js';

const NO_PATH = Buffer.alloc(0);

/** Writes a manifest front to back in constant memory (but for its index, a path per 64 KiB). Format: manifest-format. */
export class ManifestWriter {
  private file: number;
  private digest: Digest | null = createDigest();
  private writtenBytes = 0;
  private readonly block = Buffer.allocUnsafe(BLOCK_BYTES);
  private filled = 0;
  private flushed = 0;
  private previousPath: Buffer = NO_PATH;
  private readonly index: { offset: number; path: string }[] = [];

  /** Begins a new file. @throws EEXIST */
  constructor(path: string, header: ManifestHeader) {
    this.file = openSync(path, 'wx', 0o600);
    const json = Buffer.from(JSON.stringify(header));
    const length = Buffer.alloc(4);
    length.writeUInt32BE(json.length);
    this.write(Buffer.concat([MANIFEST_MAGIC, length, json]));
  }

  /** Adds the next entry in path order. */
  add(entry: Entry): void {
    let end = this.filled === 0 ? -1 : encodeEntry(entry, this.previousPath, this.block, this.filled);
    if (end < 0) {
      this.beginBlock(entry.path);
      end = encodeEntry(entry, NO_PATH, this.block, 0);
    }
    this.filled = end;
    this.previousPath = entry.path;
  }

  /** Hands what was added to the operating system: a crash of this process does not lose it. */
  flush(): void {
    if (this.flushed < this.filled) this.write(this.block.subarray(this.flushed, this.filled));
    this.flushed = this.filled;
  }

  /** Completes and closes the file; returns its digest. */
  finish(footer: ManifestFooter): Buffer {
    this.flush();
    const indexAt = this.writtenBytes;
    for (const { offset, path } of this.index) {
      const fixed = Buffer.alloc(10);
      fixed.writeBigUInt64BE(BigInt(offset));
      fixed.writeUInt16BE(path.length, 8);
      this.write(Buffer.concat([fixed, Buffer.from(path, 'latin1')]));
    }
    const footerAt = this.writtenBytes;
    const trailer = Buffer.alloc(TRAILER_BYTES);
    trailer.writeBigUInt64BE(BigInt(indexAt));
    trailer.writeBigUInt64BE(BigInt(footerAt), 8);
    TRAILER_MAGIC.copy(trailer, 16);
    this.write(Buffer.concat([Buffer.from(JSON.stringify(footer)), trailer]));
    const digest = (this.digest as Digest).finish();
    this.digest = null;
    this.close();
    return digest;
  }

  /** Safe to repeat; what was not flushed is dropped. */
  close(): void {
    if (this.file >= 0) closeSync(this.file);
    this.file = -1;
    this.digest?.finish();
    this.digest = null;
  }

  private beginBlock(firstPath: Buffer): void {
    this.flush();
    this.filled = 0;
    this.flushed = 0;
    // One character per byte: far smaller than a buffer of its own.
    this.index.push({ offset: this.writtenBytes, path: firstPath.toString('latin1') });
  }

  private write(bytes: Buffer): void {
    writeAll(this.file, bytes);
    this.digest?.update(bytes);
    this.writtenBytes += bytes.length;
  }
}
