/** The records of a zip file. https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT §4 */

/** What is known of a member once it is written. */
export interface ZipRecord {
  /** UTF-8, with a slash behind directories. */
  readonly name: Buffer;
  readonly modifiedAt: Date;
  /** Type and permission bits as of `stat`. */
  readonly unixMode: number;
  readonly isDirectory: boolean;
  readonly isDeflated: boolean;
  /** Sizes and checksum follow the content instead of standing before it. */
  readonly isStreamed: boolean;
  /** Sizes take 8 bytes. */
  readonly isLarge: boolean;
  readonly crc32: number;
  readonly compressedBytes: number;
  readonly sizeBytes: number;
  /** Where its local header stands. */
  readonly offset: number;
}

const MAX_32 = 0xffffffff;
const MAX_16 = 0xffff;
const VERSION = 45;
const MADE_BY_UNIX = 3 << 8;
const FLAG_STREAMED = 1 << 3;
const FLAG_UTF8 = 1 << 11;
const EXTRA_ZIP64 = 1;
const EXTRA_TIME = 0x5455;

/** Stands before the content. Of a streamed member it says what is known by then, and 0 for the rest. */
export function localHeader(record: ZipRecord): Buffer {
  const { isLarge, sizeBytes, compressedBytes } = record;
  const extra = Buffer.concat([
    timeExtra(record.modifiedAt),
    ...(isLarge ? [zip64Extra([sizeBytes, compressedBytes])] : []),
  ]);
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  writeShared(record, header, 4);
  if (isLarge) header.fill(0xff, 18, 26);
  header.writeUInt16LE(record.name.length, 26);
  header.writeUInt16LE(extra.length, 28);
  return Buffer.concat([header, record.name, extra]);
}

/** Stands behind the content of a streamed member. */
export function dataDescriptor({ crc32, compressedBytes, sizeBytes, isLarge }: ZipRecord): Buffer {
  const bytes = Buffer.alloc(isLarge ? 24 : 16);
  bytes.writeUInt32LE(0x08074b50, 0);
  bytes.writeUInt32LE(crc32, 4);
  if (isLarge) {
    bytes.writeBigUInt64LE(BigInt(compressedBytes), 8);
    bytes.writeBigUInt64LE(BigInt(sizeBytes), 16);
  } else {
    bytes.writeUInt32LE(compressedBytes, 8);
    bytes.writeUInt32LE(sizeBytes, 12);
  }
  return bytes;
}

/** Stands in the directory at the end. */
export function centralRecord(record: ZipRecord): Buffer {
  const { sizeBytes, compressedBytes, offset } = record;
  const large = [sizeBytes, compressedBytes, offset].filter((value) => value >= MAX_32);
  const extra = Buffer.concat([
    timeExtra(record.modifiedAt),
    ...(large.length > 0 ? [zip64Extra(large)] : []),
  ]);
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x02014b50, 0);
  header.writeUInt16LE(MADE_BY_UNIX | VERSION, 4);
  writeShared(record, header, 6);
  header.writeUInt16LE(record.name.length, 28);
  header.writeUInt16LE(extra.length, 30);
  header.writeUInt32LE(((record.unixMode << 16) | (record.isDirectory ? 0x10 : 0)) >>> 0, 38);
  header.writeUInt32LE(Math.min(offset, MAX_32), 42);
  return Buffer.concat([header, record.name, extra]);
}

/** Ends the file: where the directory stands and how many members it has. */
export function endRecords(entries: number, directoryBytes: number, directoryOffset: number): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Math.min(entries, MAX_16), 8);
  end.writeUInt16LE(Math.min(entries, MAX_16), 10);
  end.writeUInt32LE(Math.min(directoryBytes, MAX_32), 12);
  end.writeUInt32LE(Math.min(directoryOffset, MAX_32), 16);
  if (entries < MAX_16 && directoryBytes < MAX_32 && directoryOffset < MAX_32) return end;
  const end64 = Buffer.alloc(56 + 20);
  end64.writeUInt32LE(0x06064b50, 0);
  end64.writeBigUInt64LE(44n, 4);
  end64.writeUInt16LE(MADE_BY_UNIX | VERSION, 12);
  end64.writeUInt16LE(VERSION, 14);
  end64.writeBigUInt64LE(BigInt(entries), 24);
  end64.writeBigUInt64LE(BigInt(entries), 32);
  end64.writeBigUInt64LE(BigInt(directoryBytes), 40);
  end64.writeBigUInt64LE(BigInt(directoryOffset), 48);
  end64.writeUInt32LE(0x07064b50, 56);
  end64.writeBigUInt64LE(BigInt(directoryOffset + directoryBytes), 64);
  end64.writeUInt32LE(1, 72);
  return Buffer.concat([end64, end]);
}

/** From "version needed" to the sizes: the same in both headers. */
function writeShared(record: ZipRecord, into: Buffer, at: number): void {
  into.writeUInt16LE(VERSION, at);
  into.writeUInt16LE(FLAG_UTF8 | (record.isStreamed ? FLAG_STREAMED : 0), at + 2);
  into.writeUInt16LE(record.isDeflated ? 8 : 0, at + 4);
  into.writeUInt32LE(dosTime(record.modifiedAt), at + 6);
  into.writeUInt32LE(record.crc32, at + 10);
  into.writeUInt32LE(Math.min(record.compressedBytes, MAX_32), at + 14);
  into.writeUInt32LE(Math.min(record.sizeBytes, MAX_32), at + 18);
}

function zip64Extra(values: readonly number[]): Buffer {
  const extra = Buffer.alloc(4 + 8 * values.length);
  extra.writeUInt16LE(EXTRA_ZIP64, 0);
  extra.writeUInt16LE(8 * values.length, 2);
  values.forEach((value, index) => extra.writeBigUInt64LE(BigInt(value), 4 + 8 * index));
  return extra;
}

/** Seconds since 1970, which DOS time only has without a time zone and by twos. Nothing if 32 bits are too few. */
function timeExtra(modifiedAt: Date): Buffer {
  const seconds = Math.floor(modifiedAt.getTime() / 1000);
  if (seconds < -(2 ** 31) || seconds >= 2 ** 31) return Buffer.alloc(0);
  const extra = Buffer.alloc(9);
  extra.writeUInt16LE(EXTRA_TIME, 0);
  extra.writeUInt16LE(5, 2);
  extra[4] = 1;
  extra.writeInt32LE(seconds, 5);
  return extra;
}

/** In UTC: the extra field says it without doubt. 1980 to 2107. */
function dosTime(at: Date): number {
  const year = Math.max(1980, Math.min(2107, at.getUTCFullYear()));
  const date = ((year - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate();
  const time = (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1);
  return ((date << 16) | time) >>> 0;
}
