import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { createDigest, type Entry } from '@periodic-backup/protocol';
import { readFully } from '../folders/write-all.js';
import { DamagedError } from '../storage-errors.js';
import { BlockIndex } from './block-index.js';
import { EntryListReader } from './entry-list.js';
import { ManifestCursor } from './manifest-cursor.js';
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
  private blockIndex: BlockIndex | null = null;

  private constructor(
    private readonly path: string,
    readonly header: ManifestHeader,
    readonly footer: ManifestFooter,
    private readonly recordsAt: number,
    private readonly indexAt: number,
    private readonly footerAt: number,
  ) {}

  /** @throws DamagedError */
  static open(path: string): Manifest {
    const head = readHeader(path);
    const tail = withFile(path, readTail);
    if (head === null || tail === null) throw damaged(path);
    return new Manifest(path, head.header, tail.footer, head.recordsAt, tail.indexAt, tail.footerAt);
  }

  /** Where its blocks are; read once. @throws DamagedError */
  get index(): BlockIndex {
    this.blockIndex ??= withFile(this.path, (file) =>
      BlockIndex.parse(read(file, this.indexAt, this.footerAt - this.indexAt), this.indexAt),
    );
    if (this.blockIndex === null) throw damaged(this.path);
    return this.blockIndex;
  }

  /** Entries in order. The caller closes the reader. */
  entries(): EntryListReader {
    return EntryListReader.open(this.path, { start: this.recordsAt, end: this.indexAt });
  }

  /** A place in the entries, at the first one. The caller closes it. @throws DamagedError */
  cursor(): ManifestCursor {
    return new ManifestCursor(this.path, this.index);
  }

  /** Entries in order, from `from` on (the first if it is null), without reading what comes long before. */
  *entriesFrom(from: Buffer | null): Generator<Entry> {
    const cursor = this.cursor();
    try {
      if (from !== null) cursor.seek(from);
      for (; cursor.current !== null; cursor.advance()) yield cursor.current;
    } finally {
      cursor.close();
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

function damaged(path: string): DamagedError {
  return new DamagedError(`The manifest ${path} is damaged.`);
}
