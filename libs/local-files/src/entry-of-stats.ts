import type { BigIntStats } from 'node:fs';
import type { Entry, EntryKind } from '@periodic-backup/protocol';

const KIND_MASK = 0o170000n;
const KINDS: ReadonlyMap<bigint, EntryKind> = new Map([
  [0o100000n, 'file'],
  [0o040000n, 'directory'],
  [0o120000n, 'symlink'],
  [0o010000n, 'fifo'],
  [0o140000n, 'socket'],
  [0o020000n, 'character-device'],
  [0o060000n, 'block-device'],
]);

/** What a stat says it is; null for kinds no Unix should have. */
export function kindOf(stats: BigIntStats): EntryKind | null {
  return KINDS.get(stats.mode & KIND_MASK) ?? null;
}

/** The entry of one path as its stat describes it. */
export function entryOf(
  path: Buffer,
  kind: EntryKind,
  stats: BigIntStats,
  more: { target?: Buffer; unreadable?: boolean } = {},
): Entry {
  const isDevice = kind === 'character-device' || kind === 'block-device';
  return {
    path,
    kind,
    mode: Number(stats.mode) & 0o7777,
    uid: Number(stats.uid),
    gid: Number(stats.gid),
    size: kind === 'file' ? Number(stats.size) : isDevice ? Number(stats.rdev) : 0,
    mtimeNs: stats.mtimeNs,
    ctimeNs: stats.ctimeNs,
    target: more.target ?? null,
    sparse: kind === 'file' && stats.blocks * 512n < stats.size,
    unreadable: more.unreadable ?? false,
    changedWhileRead: false,
    digest: null,
  };
}
