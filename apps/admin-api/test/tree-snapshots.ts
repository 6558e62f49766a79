import { closeSync, lstatSync, openSync, readFileSync, readSync, readdirSync, readlinkSync } from 'node:fs';
import {
  SessionError,
  comparePaths,
  digestOf,
  type Entry,
  type EntryKind,
  type OpenSnapshot,
  type SnapshotSource,
} from '@periodic-backup/protocol';

interface TreeSnapshot {
  readonly root: Buffer;
  readonly entries: readonly Entry[];
}

/** Snapshots that are directories on disk, as they are when they are taken: what a vault is to a session that reads. */
export class TreeSnapshots implements SnapshotSource {
  readonly #snapshots = new Map<string, TreeSnapshot>();
  readonly opened: string[] = [];
  /** Throws for a snapshot that cannot be opened. */
  beforeOpen: (snapshot: string) => void = () => undefined;
  /** Throws for a file that fails while it is read. */
  beforeRead: (path: string, offset: number) => void = () => undefined;

  /** Takes one; `change` may make entries what no file system of the test can have. */
  take(snapshot: string, root: string, change: (entry: Entry) => Entry = (entry) => entry): void {
    const bytes = Buffer.from(root);
    this.#snapshots.set(snapshot, { root: bytes, entries: [...walk(bytes)].map(change) });
  }

  entries(snapshot: string): readonly Entry[] {
    return this.#snapshots.get(snapshot)!.entries;
  }

  open(name: string): OpenSnapshot {
    this.beforeOpen(name);
    const snapshot = this.#snapshots.get(name);
    if (!snapshot) throw new SessionError('NOT_FOUND', `There is no snapshot ${name}.`);
    this.opened.push(name);
    const { entries, root } = snapshot;
    return {
      receipt: receiptOf(name),
      users: { 0: 'root', 1000: 'ada' },
      groups: { 0: 'root' },
      entries: ({ below, from, depth }) => {
        const top = below === null ? null : entries.find(({ path }) => path.equals(below));
        if (below !== null && top?.kind !== 'directory')
          throw new SessionError('NOT_FOUND', 'It is no directory.');
        return entries.filter(({ path }) => {
          if (from !== null && comparePaths(path, from) < 0) return false;
          const parts = below === null ? 0 : partsBelow(path, below);
          return parts !== null && (depth === 'all' || parts <= 1);
        });
      },
      find: (path) => entries.find((entry) => entry.path.equals(path)) ?? null,
      read: (entry, into, offset) => this.#read(root, entry, into, offset),
      close: () => undefined,
    };
  }

  #read(root: Buffer, entry: Entry, into: Buffer, offset: number): number {
    this.beforeRead(entry.path.toString(), offset);
    const file = openSync(join(root, entry.path), 'r');
    try {
      return readSync(file, into, 0, into.length, offset);
    } finally {
      closeSync(file);
    }
  }
}

/** Depth first, children in byte order; the second name of an inode is a hard link to the first. */
function* walk(root: Buffer): Generator<Entry> {
  const firstNames = new Map<bigint, Buffer>();
  function* visit(path: Buffer): Generator<Entry> {
    const stat = lstatSync(join(root, path), { bigint: true });
    const first = stat.isFile() && stat.nlink > 1n ? firstNames.get(stat.ino) : undefined;
    if (stat.isFile() && !first) firstNames.set(stat.ino, path);
    const kind = first ? 'hardlink' : kindOf(stat);
    yield {
      ...{ path, kind, mode: Number(stat.mode & 0o7777n), uid: Number(stat.uid), gid: Number(stat.gid) },
      size: kind === 'file' ? Number(stat.size) : 0,
      mtimeNs: stat.mtimeNs,
      ctimeNs: stat.ctimeNs,
      target: first ?? (kind === 'symlink' ? readlinkSync(join(root, path), { encoding: 'buffer' }) : null),
      digest: kind === 'file' ? digestOf(readFileSync(join(root, path))) : null,
      ...{
        sparse: kind === 'file' && stat.blocks * 512n < stat.size,
        unreadable: false,
        changedWhileRead: false,
      },
    };
    if (kind !== 'directory') return;
    const names = readdirSync(join(root, path), { encoding: 'buffer' }).sort((a, b) => a.compare(b));
    for (const name of names) yield* visit(path.length === 0 ? name : join(path, name));
  }
  yield* visit(Buffer.alloc(0));
}

function kindOf(stat: {
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
  isFIFO(): boolean;
}): EntryKind {
  if (stat.isFile()) return 'file';
  if (stat.isDirectory()) return 'directory';
  if (stat.isSymbolicLink()) return 'symlink';
  return stat.isFIFO() ? 'fifo' : 'socket';
}

function join(a: Buffer, b: Buffer): Buffer {
  return b.length === 0 ? a : Buffer.concat([a, Buffer.from('/'), b]);
}

/** How many names of a path lie below a directory; null if it does not. */
function partsBelow(path: Buffer, directory: Buffer): number | null {
  const rest =
    directory.length === 0 ? `/${path.toString('latin1')}` : path.toString('latin1').slice(directory.length);
  if (
    path.length <= directory.length ||
    !rest.startsWith('/') ||
    !path.subarray(0, directory.length).equals(directory)
  )
    return null;
  return rest.split('/').length - 1;
}

/** The ledger's rows of a spec say the same of the manifest. */
export const MANIFEST_DIGEST = 'ab'.repeat(32);

function receiptOf(snapshot: string): unknown {
  const id = '0b3f8a52-3a1c-4d7e-9f00-000000000001';
  return {
    ...{ v: 1, runId: id, epoch: 1, agentId: 'laptop', planId: id, vaultId: id, snapshot, previous: null },
    manifestDigest: MANIFEST_DIGEST,
    counts: {
      ...{ entries: 1, files: 0, bytes: 0, storedFiles: 0, storedBytes: 0, linkedFiles: 0 },
      ...{ copiedFiles: 0, problems: 0 },
    },
    committedAt: '2026-11-22T11:05:07.000Z',
    signature: 'none',
  };
}
