import type { EntryView } from '@periodic-backup/contracts';
import type { Entry } from '@periodic-backup/protocol';
import { nameOf, shown } from './snapshot-paths.js';

/** Names of the owners' ids, as the source knew them. */
export interface OwnerNames {
  readonly users: Readonly<Record<string, string>>;
  readonly groups: Readonly<Record<string, string>>;
}

/** An entry in the shape of the contracts. */
export function entryView(entry: Entry, owners: OwnerNames): EntryView {
  return {
    path: shown(entry.path),
    pathBytes: entry.path.toString('base64'),
    name: shown(nameOf(entry.path)),
    kind: entry.kind,
    sizeBytes: entry.kind === 'file' ? entry.size : null,
    mtime: instantOf(entry.mtimeNs).toISOString(),
    mtimeNs: entry.mtimeNs.toString(),
    mode: entry.mode,
    uid: entry.uid,
    gid: entry.gid,
    user: owners.users[entry.uid] ?? null,
    group: owners.groups[entry.gid] ?? null,
    target: entry.target === null ? null : shown(entry.target),
    targetBytes: entry.target === null ? null : entry.target.toString('base64'),
    digest: entry.digest === null ? null : entry.digest.toString('hex'),
    problem: entry.unreadable ? 'unreadable' : entry.changedWhileRead ? 'changed' : null,
  };
}

const MAX_DATE_MS = 8.64e15;

/** To the millisecond before; instants that a Date cannot hold become the nearest one it can. */
export function instantOf(timeNs: bigint): Date {
  const ms = Number(timeNs >= 0n ? timeNs / 1_000_000n : (timeNs - 999_999n) / 1_000_000n);
  return new Date(Math.max(-MAX_DATE_MS, Math.min(MAX_DATE_MS, ms)));
}
