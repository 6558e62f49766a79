import type { EntryKind } from '@periodic-backup/protocol';
import { instantOf } from '../entry-view.js';
import type { ArchiveMember } from './archive-format.js';

/** The GNU form of tar: names are bytes of any length, numbers of any size. https://www.gnu.org/software/tar/manual/html_node/Standard.html */
export const TAR_BLOCK_BYTES = 512;

const FIELD = {
  name: [0, 100],
  mode: [100, 8],
  uid: [108, 8],
  gid: [116, 8],
  size: [124, 12],
  mtime: [136, 12],
  checksum: [148, 8],
  type: [156, 1],
  link: [157, 100],
  magic: [257, 8],
  user: [265, 32],
  group: [297, 32],
  major: [329, 8],
  minor: [337, 8],
} as const;

const TYPES: Readonly<Partial<Record<EntryKind, string>>> = {
  file: '0',
  hardlink: '1',
  symlink: '2',
  'character-device': '3',
  'block-device': '4',
  directory: '5',
  fifo: '6',
};
const LONG_LINK = 'K';
const LONG_NAME = 'L';
const LONG_MEMBER = Buffer.from('././@LongLink');
const NOTHING = Buffer.alloc(0);

/** The header of a member, with those that carry a long name or target before it; null for what tar has no type for. */
export function tarHeader(member: ArchiveMember): Buffer | null {
  const type = TYPES[member.kind];
  if (type === undefined) return null;
  const name = member.kind === 'directory' ? Buffer.concat([member.name, Buffer.from('/')]) : member.name;
  const target = member.target ?? NOTHING;
  return Buffer.concat([
    ...(target.length > FIELD.link[1] ? longValue(LONG_LINK, target) : []),
    ...(name.length > FIELD.name[1] ? longValue(LONG_NAME, name) : []),
    block({ ...member, name, target, type }),
  ]);
}

/** Zeros that fill up the last block of so many bytes. */
export function tarPadding(sizeBytes: number): Buffer {
  return Buffer.alloc((TAR_BLOCK_BYTES - (sizeBytes % TAR_BLOCK_BYTES)) % TAR_BLOCK_BYTES);
}

type Header = Omit<ArchiveMember, 'target'> & { readonly target: Buffer; readonly type: string };

function block(header: Header): Buffer {
  const bytes = Buffer.alloc(TAR_BLOCK_BYTES);
  const text = ([at, width]: readonly [number, number], value: Buffer): void =>
    void value.copy(bytes, at, 0, Math.min(value.length, width));
  const number = ([at, width]: readonly [number, number], value: number): void =>
    writeNumber(bytes, at, width, value);
  text(FIELD.name, header.name);
  number(FIELD.mode, header.mode);
  number(FIELD.uid, header.uid);
  number(FIELD.gid, header.gid);
  number(FIELD.size, header.kind === 'file' ? header.size : 0);
  number(FIELD.mtime, Math.floor(instantOf(header.mtimeNs).getTime() / 1000));
  bytes.write(header.type, FIELD.type[0], 'latin1');
  text(FIELD.link, header.target);
  bytes.write('ustar  \0', FIELD.magic[0], 'latin1');
  text(FIELD.user, Buffer.from(header.user).subarray(0, FIELD.user[1] - 1));
  text(FIELD.group, Buffer.from(header.group).subarray(0, FIELD.group[1] - 1));
  if (header.kind === 'character-device' || header.kind === 'block-device') {
    number(FIELD.major, majorOf(header.size));
    number(FIELD.minor, minorOf(header.size));
  }
  writeChecksum(bytes);
  return bytes;
}

function longValue(type: string, value: Buffer): Buffer[] {
  const size = value.length + 1;
  const header = block({
    ...{ name: LONG_MEMBER, kind: 'file', type, size, target: NOTHING, mtimeNs: 0n },
    ...{ mode: 0o644, uid: 0, gid: 0, user: 'root', group: 'root' },
  });
  return [header, value, Buffer.alloc(1), tarPadding(size)];
}

/** Octal with a NUL behind it; what does not fit (or is negative) in base 256, first bit set. */
function writeNumber(bytes: Buffer, at: number, width: number, value: number): void {
  const octal = value.toString(8);
  if (value >= 0 && octal.length < width) {
    bytes.write(octal.padStart(width - 1, '0'), at, 'latin1');
    return;
  }
  let rest = BigInt(value);
  for (let i = at + width - 1; i >= at; i--) {
    bytes[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  bytes[at] = value < 0 ? 0xff : 0x80;
}

/** The sum of all bytes, its own field counted as spaces: six digits, NUL, space. */
function writeChecksum(bytes: Buffer): void {
  const [at, width] = FIELD.checksum;
  bytes.fill(' ', at, at + width);
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, at, 'latin1');
}

/** As glibc packs them into a device number. */
function majorOf(device: number): number {
  const high = Math.floor(device / 2 ** 32);
  return ((device >>> 8) & 0xfff) + (high & ~0xfff);
}

function minorOf(device: number): number {
  return (device & 0xff) + ((device >>> 12) & 0xfff00);
}
