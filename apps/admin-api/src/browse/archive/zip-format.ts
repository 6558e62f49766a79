import { Readable, pipeline } from 'node:stream';
import { crc32, createDeflateRaw, deflateRawSync } from 'node:zlib';
import { instantOf } from '../entry-view.js';
import { startingWith } from '../starting-with.js';
import type { ArchiveFormat, ArchiveMember } from './archive-format.js';
import { KeptBytes } from './kept-bytes.js';
import { zipName } from './zip-name.js';
import { centralRecord, dataDescriptor, endRecords, localHeader, type ZipRecord } from './zip-records.js';

/** Fast: what costs time here is the disk and the way to the client. */
const FAST = { level: 1, chunkSize: 128 * 1024 };
/** What shrinks less is not worth the time: photos, films, archives. */
const WORTH_IT = 0.95;
/** What is smaller than this cannot shrink by much. */
const LEAST_BYTES = 64;
/** Smaller ones are compressed before their header is written, so that it says everything. */
const SMALL_BYTES = 64 * 1024;
/** What deflate cannot compress grows a little: sizes near 4 GiB count as beyond. */
const LARGE_BYTES = 0xf000_0000;

const TYPE_BITS = { file: 0o100000, directory: 0o040000, symlink: 0o120000 } as const;
const NOTHING = Buffer.alloc(0);

/**
 * zip carries files, directories and symlinks, with names in UTF-8; hard links come as files, the rest not at all.
 * Its directory comes last: what it takes in memory (about 100 bytes a member) is the price of the format.
 */
export class ZipFormat implements ArchiveFormat {
  readonly contentType = 'application/zip';
  readonly extension = '.zip';
  readonly hasHardLinks = false;
  readonly #directory = new KeptBytes();
  #members = 0;
  #offset = 0;

  entry(member: ArchiveMember): Buffer[] {
    const { kind } = member;
    if (kind !== 'directory' && kind !== 'symlink') return [];
    const content = kind === 'symlink' ? (member.target ?? NOTHING) : NOTHING;
    return this.#whole(recordOf(member, kind), content, content);
  }

  async *file(
    member: ArchiveMember,
    content: AsyncIterable<Buffer> | Iterable<Buffer>,
  ): AsyncGenerator<Buffer, void> {
    const record = recordOf(member, 'file');
    if (member.size > SMALL_BYTES) return yield* this.#streamed(record, member.size, content);
    const parts: Buffer[] = [];
    for await (const part of content) parts.push(part);
    const bytes = Buffer.concat(parts);
    yield* this.#whole(record, bytes, shrunk(bytes) ?? bytes);
  }

  end(): Buffer[] {
    const { blocks, lengthBytes } = this.#directory;
    return [...blocks, endRecords(this.#members, lengthBytes, this.#offset)];
  }

  #whole(base: ZipRecord, content: Buffer, stored: Buffer): Buffer[] {
    const record: ZipRecord = {
      ...base,
      isDeflated: stored !== content,
      crc32: crc32(content),
      compressedBytes: stored.length,
      sizeBytes: content.length,
      offset: this.#offset,
    };
    this.#note(record);
    return [localHeader(record), stored].map((bytes) => this.#counted(bytes));
  }

  /** Whether it is worth deflating is tried with its first piece. */
  async *#streamed(
    base: ZipRecord,
    sizeBytes: number,
    content: AsyncIterable<Buffer> | Iterable<Buffer>,
  ): AsyncGenerator<Buffer, void> {
    const sum = { crc32: 0, sizeBytes: 0 };
    const pieces = watched(content, sum);
    const first = await pieces.next();
    const isDeflated = !first.done && shrunk(first.value.subarray(0, SMALL_BYTES)) !== null;
    const known = isDeflated ? {} : { sizeBytes, compressedBytes: sizeBytes };
    const opened = { ...base, isDeflated, isStreamed: true, offset: this.#offset, ...known };
    yield this.#counted(localHeader(opened));
    let compressedBytes = 0;
    const all = startingWith(first, pieces);
    for await (const part of isDeflated ? deflated(all) : all) {
      compressedBytes += part.length;
      yield this.#counted(part);
    }
    const record = { ...opened, ...sum, compressedBytes };
    this.#note(record);
    yield this.#counted(dataDescriptor(record));
  }

  #note(record: ZipRecord): void {
    this.#directory.add(centralRecord(record));
    this.#members++;
  }

  #counted(bytes: Buffer): Buffer {
    this.#offset += bytes.length;
    return bytes;
  }
}

async function* watched(
  content: AsyncIterable<Buffer> | Iterable<Buffer>,
  sum: { crc32: number; sizeBytes: number },
): AsyncGenerator<Buffer, void> {
  for await (const part of content) {
    sum.crc32 = crc32(part, sum.crc32);
    sum.sizeBytes += part.length;
    yield part;
  }
}

/** Deflated, or null if that saves too little. On this thread: each piece of work of another one costs more memory. */
function shrunk(bytes: Buffer): Buffer | null {
  if (bytes.length < LEAST_BYTES) return null;
  // Memory in proportion: the usual 256 KiB for each of many small files keep nothing but the garbage collector busy.
  const windowBits = Math.max(9, Math.min(15, Math.ceil(Math.log2(bytes.length))));
  const smaller = deflateRawSync(bytes, { level: 1, windowBits, memLevel: 7, chunkSize: bytes.length });
  return smaller.length < bytes.length * WORTH_IT ? smaller : null;
}

/** An error of the content ends the iteration with it. */
function deflated(content: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  return pipeline(Readable.from(content), createDeflateRaw(FAST), () => undefined);
}

function recordOf(member: ArchiveMember, kind: keyof typeof TYPE_BITS): ZipRecord {
  const name = zipName(member.name);
  const isDirectory = kind === 'directory';
  return {
    name: isDirectory ? Buffer.concat([name, Buffer.from('/')]) : name,
    modifiedAt: instantOf(member.mtimeNs),
    unixMode: TYPE_BITS[kind] | member.mode,
    isDirectory,
    isDeflated: false,
    isStreamed: false,
    isLarge: member.size >= LARGE_BYTES && kind === 'file',
    crc32: 0,
    compressedBytes: 0,
    sizeBytes: 0,
    offset: 0,
  };
}
