import { DIGEST_BYTES } from './digest.js';
import { MAX_PATH_BYTES, type Entry, type EntryKind } from './entry.js';
import { SessionError } from './errors.js';
import { readSafeUint64, viewOf, writeSafeUint64 } from './integers.js';

/** Width of the fixed part of a record. SPEC.md §5.1. */
export const ENTRY_FIXED_BYTES = 42;
/** No record is longer: fixed part, path, target, digest. */
export const ENTRY_MAX_BYTES = ENTRY_FIXED_BYTES + 2 * MAX_PATH_BYTES + DIGEST_BYTES;

const KIND_OFFSET = 0;
const FLAGS_OFFSET = 1;
const MODE_OFFSET = 2;
const UID_OFFSET = 4;
const GID_OFFSET = 8;
const SIZE_OFFSET = 12;
const MTIME_OFFSET = 20;
const CTIME_OFFSET = 28;
const SHARED_OFFSET = 36;
const SUFFIX_OFFSET = 38;
const TARGET_OFFSET = 40;

const FLAG_SPARSE = 0x01;
const FLAG_UNREADABLE = 0x02;
const FLAG_CHANGED = 0x04;
const FLAG_DIGEST = 0x08;
const ALL_FLAGS = FLAG_SPARSE | FLAG_UNREADABLE | FLAG_CHANGED | FLAG_DIGEST;
const MODE_BITS = 0o7777;

/** A kind's number on the wire is its place here. */
const KINDS: readonly (EntryKind | null)[] = [
  null,
  'file',
  'directory',
  'symlink',
  'hardlink',
  'fifo',
  'socket',
  'character-device',
  'block-device',
];
const kindNumbers = new Map(KINDS.map((kind, number) => [kind, number]));

/**
 * Writes one record at `at`, its path shortened by what it shares with `previousPath`; returns where it ends, or
 * -1 if it does not fit (nothing useful is written then).
 * @throws SessionError BAD_PATH, BAD_ENTRY – this entry cannot be sent; leave it out and say so.
 */
export function encodeEntry(entry: Entry, previousPath: Buffer, into: Buffer, at: number): number {
  return encodeEntryAt(entry, previousPath, into, viewOf(into), at);
}

/** As {@link encodeEntry}, with the view of `into` made once by the caller. */
export function encodeEntryAt(
  entry: Entry,
  previousPath: Buffer,
  into: Buffer,
  view: DataView,
  at: number,
): number {
  const { path, target, digest } = entry;
  const targetBytes = target === null ? 0 : target.length;
  if (path.length > MAX_PATH_BYTES)
    throw new SessionError(
      'BAD_PATH',
      `A path has ${path.length} bytes; at most ${MAX_PATH_BYTES} are allowed.`,
    );
  if (targetBytes > MAX_PATH_BYTES)
    throw new SessionError(
      'BAD_ENTRY',
      `A target has ${targetBytes} bytes; at most ${MAX_PATH_BYTES} are allowed.`,
    );
  const shared = sharedBytes(path, previousPath);
  const suffixAt = at + ENTRY_FIXED_BYTES;
  const targetAt = suffixAt + path.length - shared;
  const digestAt = targetAt + targetBytes;
  const end = digest === null ? digestAt : digestAt + DIGEST_BYTES;
  if (end > into.length) return -1;
  into[at + KIND_OFFSET] = kindNumbers.get(entry.kind) as number;
  into[at + FLAGS_OFFSET] =
    (entry.sparse ? FLAG_SPARSE : 0) |
    (entry.unreadable ? FLAG_UNREADABLE : 0) |
    (entry.changedWhileRead ? FLAG_CHANGED : 0) |
    (digest === null ? 0 : FLAG_DIGEST);
  view.setUint16(at + MODE_OFFSET, entry.mode & MODE_BITS);
  view.setUint32(at + UID_OFFSET, entry.uid);
  view.setUint32(at + GID_OFFSET, entry.gid);
  writeSafeUint64(view, at + SIZE_OFFSET, entry.size);
  view.setBigInt64(at + MTIME_OFFSET, entry.mtimeNs);
  view.setBigInt64(at + CTIME_OFFSET, entry.ctimeNs);
  view.setUint16(at + SHARED_OFFSET, shared);
  view.setUint16(at + SUFFIX_OFFSET, path.length - shared);
  view.setUint16(at + TARGET_OFFSET, targetBytes);
  path.copy(into, suffixAt, shared);
  if (target !== null) target.copy(into, targetAt);
  if (digest !== null) digest.copy(into, digestAt, 0, DIGEST_BYTES);
  return end;
}

/**
 * Hands on every entry of a payload in order. Paths, targets and digests are fresh copies.
 * Form only: names, order and parents are the business of `EntryOrder`.
 * @throws SessionError BAD_FRAME, BAD_ENTRY, BAD_PATH – end the session; entries before the bad one were handed on.
 */
export function decodeEntries(payload: Buffer, onEntry: (entry: Entry) => void): void {
  const view = viewOf(payload);
  let previousPath: Buffer = NOTHING;
  for (let at = 0; at < payload.length;) {
    const { entry, end } = decodeEntryAt(payload, view, at, previousPath);
    onEntry(entry);
    previousPath = entry.path;
    at = end;
  }
}

/** Reads the record at `at`. @throws SessionError BAD_FRAME, BAD_ENTRY, BAD_PATH */
export function decodeEntry(
  payload: Buffer,
  at: number,
  previousPath: Buffer,
): { entry: Entry; end: number } {
  return decodeEntryAt(payload, viewOf(payload), at, previousPath);
}

const NOTHING = Buffer.alloc(0);

function decodeEntryAt(
  payload: Buffer,
  view: DataView,
  at: number,
  previousPath: Buffer,
): { entry: Entry; end: number } {
  const suffixAt = at + ENTRY_FIXED_BYTES;
  if (suffixAt > payload.length) throw new SessionError('BAD_FRAME', 'A record is cut short.');
  const kind = KINDS[payload[at + KIND_OFFSET] as number] ?? null;
  const flags = payload[at + FLAGS_OFFSET] as number;
  const mode = view.getUint16(at + MODE_OFFSET);
  if (kind === null || (flags & ~ALL_FLAGS) !== 0 || mode > MODE_BITS)
    throw new SessionError('BAD_ENTRY', 'An entry has a kind, flags or a mode that do not exist.');
  const shared = view.getUint16(at + SHARED_OFFSET);
  const targetAt = suffixAt + view.getUint16(at + SUFFIX_OFFSET);
  const digestAt = targetAt + view.getUint16(at + TARGET_OFFSET);
  const end = (flags & FLAG_DIGEST) === 0 ? digestAt : digestAt + DIGEST_BYTES;
  if (end > payload.length || shared > previousPath.length)
    throw new SessionError('BAD_FRAME', 'A record claims more bytes than there are.');
  const pathBytes = shared + targetAt - suffixAt;
  if (pathBytes > MAX_PATH_BYTES)
    throw new SessionError(
      'BAD_PATH',
      `A path has ${pathBytes} bytes; at most ${MAX_PATH_BYTES} are allowed.`,
    );
  const size = readSafeUint64(view, at + SIZE_OFFSET);
  if (size < 0) throw new SessionError('BAD_ENTRY', 'An entry has a size beyond 2^53.');
  const path = Buffer.allocUnsafe(pathBytes);
  previousPath.copy(path, 0, 0, shared);
  payload.copy(path, shared, suffixAt, targetAt);
  const entry: Entry = {
    path,
    kind,
    mode,
    uid: view.getUint32(at + UID_OFFSET),
    gid: view.getUint32(at + GID_OFFSET),
    size,
    mtimeNs: view.getBigInt64(at + MTIME_OFFSET),
    ctimeNs: view.getBigInt64(at + CTIME_OFFSET),
    target: targetOf(kind, payload.subarray(targetAt, digestAt)),
    sparse: (flags & FLAG_SPARSE) !== 0,
    unreadable: (flags & FLAG_UNREADABLE) !== 0,
    changedWhileRead: (flags & FLAG_CHANGED) !== 0,
    digest: end === digestAt ? null : Buffer.from(payload.subarray(digestAt, end)),
  };
  return { entry, end };
}

function targetOf(kind: EntryKind, bytes: Buffer): Buffer | null {
  const needed = kind === 'symlink' || kind === 'hardlink';
  if (!needed && bytes.length === 0) return null;
  if (!needed || bytes.length === 0 || bytes.length > MAX_PATH_BYTES || bytes.includes(0))
    throw new SessionError('BAD_ENTRY', `A ${kind} has a target that it may not have, or lacks one.`);
  return Buffer.from(bytes);
}

function sharedBytes(path: Buffer, previousPath: Buffer): number {
  const most = Math.min(path.length, previousPath.length);
  let shared = 0;
  while (shared < most && path[shared] === previousPath[shared]) shared++;
  return shared;
}
