import { Readable, pipeline } from 'node:stream';
import { promisify } from 'node:util';
import { crc32, createDeflateRaw, deflateRaw } from 'node:zlib';
import { instantOf } from '../entry-view.js';
import type { ArchiveFormat, ArchiveMember } from './archive-format.js';
import { zipName } from './zip-name.js';
import { centralRecord, dataDescriptor, endRecords, localHeader, type ZipRecord } from './zip-records.js';

/** Fast: what costs time here is the disk and the way to the client. */
const LEVEL = { level: 1 };
/** Smaller ones are compressed before their header is written, so that it says everything. */
const SMALL_BYTES = 64 * 1024;
/** What deflate cannot compress grows a little: sizes near 4 GiB count as beyond. */
const LARGE_BYTES = 0xf000_0000;

const TYPE_BITS = { file: 0o100000, directory: 0o040000, symlink: 0o120000 } as const;
const NOTHING = Buffer.alloc(0);
const deflate = promisify(deflateRaw);

/**
 * zip carries files, directories and symlinks, with names in UTF-8; hard links come as files, the rest not at all.
 * Its directory comes last: what it takes in memory (about 100 bytes a member) is the price of the format.
 */
export class ZipFormat implements ArchiveFormat {
  readonly contentType = 'application/zip';
  readonly extension = '.zip';
  readonly hasHardLinks = false;
  readonly #directory: Buffer[] = [];
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
    if (member.size > SMALL_BYTES) return yield* this.#streamed(record, content);
    const parts: Buffer[] = [];
    for await (const part of content) parts.push(part);
    const bytes = Buffer.concat(parts);
    const deflated = bytes.length === 0 ? bytes : await deflate(bytes, LEVEL);
    yield* this.#whole(record, bytes, deflated.length < bytes.length ? deflated : bytes);
  }

  end(): Buffer[] {
    const directoryBytes = this.#directory.reduce((sum, { length }) => sum + length, 0);
    return [...this.#directory, endRecords(this.#directory.length, directoryBytes, this.#offset)];
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
    this.#directory.push(centralRecord(record));
    return [localHeader(record), stored].map((bytes) => this.#counted(bytes));
  }

  async *#streamed(
    base: ZipRecord,
    content: AsyncIterable<Buffer> | Iterable<Buffer>,
  ): AsyncGenerator<Buffer, void> {
    const opened = { ...base, isDeflated: true, isStreamed: true, offset: this.#offset };
    const sum = { crc32: 0, sizeBytes: 0, compressedBytes: 0 };
    yield this.#counted(localHeader(opened));
    for await (const part of deflated(watched(content, sum))) {
      sum.compressedBytes += part.length;
      yield this.#counted(part);
    }
    const record = { ...opened, ...sum };
    this.#directory.push(centralRecord(record));
    yield this.#counted(dataDescriptor(record));
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

/** An error of the content ends the iteration with it. */
function deflated(content: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  return pipeline(Readable.from(content), createDeflateRaw(LEVEL), () => undefined);
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
