import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { comparePaths, createDigest, type Entry } from '@periodic-backup/protocol';
import { readFully } from '../folders/write-all.js';
import { StorageFailedError } from '../storage-errors.js';
import { EntryListReader } from './entry-list.js';
import {
  HEADER_LENGTH_BYTES,
  MANIFEST_MAGIC,
  MAX_HEADER_BYTES,
  ManifestFooter,
  ManifestHeader,
  TRAILER_BYTES,
  TRAILER_MAGIC,
} from './manifest-format.js';

const PREFIX_BYTES = MANIFEST_MAGIC.length + HEADER_LENGTH_BYTES;
const INDEX_FIXED_BYTES = 10;
const HASH_BYTES = 1 << 20;

/** Reads the header of a manifest, complete or not; null if there is none. `recordsAt`: where its records begin. */
export function readHeader(path: string): { header: ManifestHeader; recordsAt: number } | null {
  return withFile(path, (file) => {
    const prefix = read(file, 0, PREFIX_BYTES);
    if (prefix.length < PREFIX_BYTES || !prefix.subarray(0, MANIFEST_MAGIC.length).equals(MANIFEST_MAGIC))
      return null;
    const bytes = prefix.readUInt32BE(MANIFEST_MAGIC.length);
    if (bytes > MAX_HEADER_BYTES) return null;
    const header = parseJson(read(file, PREFIX_BYTES, bytes));
    const parsed = ManifestHeader.safeParse(header);
    return parsed.success ? { header: parsed.data, recordsAt: PREFIX_BYTES + bytes } : null;
  });
}

/** A complete manifest. */
export class Manifest {
  private constructor(
    private readonly path: string,
    readonly header: ManifestHeader,
    readonly footer: ManifestFooter,
    private readonly recordsAt: number,
    private readonly indexAt: number,
    private readonly footerAt: number,
  ) {}

  /** @throws StorageFailedError if it is damaged */
  static open(path: string): Manifest {
    const head = readHeader(path);
    const tail = withFile(path, readTail);
    if (head === null || tail === null) throw damaged(path);
    return new Manifest(path, head.header, tail.footer, head.recordsAt, tail.indexAt, tail.footerAt);
  }

  /** Entries in order. The caller closes the reader. */
  entries(): EntryListReader {
    return EntryListReader.open(this.path, { start: this.recordsAt, end: this.indexAt });
  }

  /** Entries in order, from `from` on (the first if it is null), without reading what comes long before. */
  *entriesFrom(from: Buffer | null): Generator<Entry> {
    const start = from === null ? this.recordsAt : this.blockOf(from);
    const reader = EntryListReader.open(this.path, { start, end: this.indexAt });
    try {
      for (let entry = reader.current; entry !== null; reader.advance(), entry = reader.current)
        if (from === null || comparePaths(entry.path, from) >= 0) yield entry;
      if (reader.damaged) throw damaged(this.path);
    } finally {
      reader.close();
    }
  }

  /** The entry at a path, null if there is none. */
  find(path: Buffer): Entry | null {
    for (const entry of this.entriesFrom(path)) return entry.path.equals(path) ? entry : null;
    return null;
  }

  /** BLAKE3 of the whole file. */
  digest(): Buffer {
    const digest = createDigest();
    withFile(this.path, (file) => {
      const block = Buffer.allocUnsafe(HASH_BYTES);
      for (let at = 0; ; at += block.length) {
        const bytes = readFully(file, block, at);
        digest.update(block.subarray(0, bytes));
        if (bytes < block.length) return;
      }
    });
    return digest.finish();
  }

  /** Where the last block begins whose first path is not after `path`. */
  private blockOf(path: Buffer): number {
    const index = withFile(this.path, (file) => read(file, this.indexAt, this.footerAt - this.indexAt));
    let found = this.recordsAt;
    for (let at = 0; at + INDEX_FIXED_BYTES <= index.length;) {
      const end = at + INDEX_FIXED_BYTES + index.readUInt16BE(at + 8);
      if (comparePaths(index.subarray(at + INDEX_FIXED_BYTES, end), path) > 0) break;
      found = Number(index.readBigUInt64BE(at));
      at = end;
    }
    return found;
  }
}

function readTail(file: number): { footer: ManifestFooter; indexAt: number; footerAt: number } | null {
  const size = fstatSync(file).size;
  if (size < PREFIX_BYTES + TRAILER_BYTES) return null;
  const trailer = read(file, size - TRAILER_BYTES, TRAILER_BYTES);
  const indexAt = Number(trailer.readBigUInt64BE(0));
  const footerAt = Number(trailer.readBigUInt64BE(8));
  if (!trailer.subarray(16).equals(TRAILER_MAGIC) || indexAt > footerAt || footerAt > size - TRAILER_BYTES)
    return null;
  const footer = ManifestFooter.safeParse(parseJson(read(file, footerAt, size - TRAILER_BYTES - footerAt)));
  return footer.success ? { footer: footer.data, indexAt, footerAt } : null;
}

function withFile<T>(path: string, action: (file: number) => T): T {
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    return action(file);
  } finally {
    closeSync(file);
  }
}

function read(file: number, at: number, bytes: number): Buffer {
  const into = Buffer.alloc(bytes);
  return into.subarray(0, readFully(file, into, at));
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return null;
  }
}

function damaged(path: string): StorageFailedError {
  return new StorageFailedError(`The manifest ${path} is damaged.`);
}
