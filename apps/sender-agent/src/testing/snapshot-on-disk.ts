import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import type { Receipt } from '@periodic-backup/contracts';
import {
  SessionError,
  comparePaths,
  digestOf,
  type Entry,
  type OpenSnapshot,
  type SnapshotRange,
  type SnapshotSource,
} from '@periodic-backup/protocol';
import { isWithin, parentOf } from '@periodic-backup/local-files';
import { SourceWalk } from '../walk/walk-source.js';

export const SNAPSHOT = '2026-11-22T110500Z';

/** A directory as a snapshot that holds all of it as it was when this was made. */
export class SnapshotOnDisk implements SnapshotSource {
  entries: Entry[] = [];
  users: Record<string, string> = {};
  groups: Record<string, string> = {};
  /** Called before bytes of a file are read: where a test disturbs. */
  onRead: (path: string, offset: number) => void = () => undefined;

  constructor(
    private readonly root: string,
    private readonly vaultId: string,
  ) {
    const walk = new SourceWalk(Buffer.from(root), [], () => undefined);
    for (let walked = walk.next(); walked; walked = walk.next())
      this.entries.push(this.#recorded(walked.entry));
  }

  /** Changes what the manifest says of one path. */
  change(path: string, change: Partial<Entry>): void {
    this.entries = this.entries.map((entry) =>
      entry.path.toString() === path ? { ...entry, ...change } : entry,
    );
  }

  /** Adds what no walk would find. */
  add(path: string, rest: Partial<Entry>): void {
    const entry: Entry = {
      ...{
        path: Buffer.from(path),
        kind: 'file',
        mode: 0o644,
        uid: 0,
        gid: 0,
        size: 0,
        mtimeNs: 1n,
        ctimeNs: 1n,
      },
      ...{ target: null, sparse: false, unreadable: false, changedWhileRead: false, digest: null },
      ...rest,
    };
    this.entries.push(entry);
    this.entries.sort((a, b) => comparePaths(a.path, b.path));
  }

  open(snapshot: string): OpenSnapshot {
    if (snapshot !== SNAPSHOT) throw new SessionError('NOT_FOUND', `There is no snapshot ${snapshot}.`);
    const byPath = new Map(this.entries.map((entry) => [entry.path.toString('latin1'), entry]));
    return {
      receipt: this.#receipt(),
      users: this.users,
      groups: this.groups,
      entries: (range) => this.entries.filter((entry) => isInRange(entry, range)),
      find: (path) => byPath.get(path.toString('latin1')) ?? null,
      read: (entry, into, offset) => this.#read(entry, into, offset),
      close: () => undefined,
    };
  }

  #recorded(entry: Entry): Entry {
    if (entry.kind !== 'file') return entry;
    return { ...entry, digest: digestOf(readFileSync(this.#pathOf(entry.path))) };
  }

  #read(entry: Entry, into: Buffer, offset: number): number {
    this.onRead(entry.path.toString(), offset);
    const file = openSync(this.#pathOf(entry.target ?? entry.path), 'r');
    try {
      return readSync(file, into, 0, into.length, offset);
    } finally {
      closeSync(file);
    }
  }

  #pathOf(path: Buffer): Buffer {
    return Buffer.concat([Buffer.from(`${this.root}/`), path]);
  }

  #receipt(): Receipt {
    const files = this.entries.filter(({ kind }) => kind === 'file');
    const bytes = files.reduce((sum, { size }) => sum + size, 0);
    return {
      ...{
        v: 1,
        runId: this.vaultId,
        epoch: 1,
        agentId: 'test-agent',
        planId: this.vaultId,
        vaultId: this.vaultId,
      },
      ...{ snapshot: SNAPSHOT, previous: null, manifestDigest: 'ab'.repeat(32) },
      counts: {
        ...{ entries: this.entries.length, files: files.length, bytes, storedFiles: files.length },
        ...{ storedBytes: bytes, linkedFiles: 0, copiedFiles: 0, problems: 0 },
      },
      committedAt: '2026-11-22T11:05:07.000Z',
      signature: 'none',
    };
  }
}

function isInRange({ path }: Entry, { below, from, depth }: SnapshotRange): boolean {
  if (from && comparePaths(path, from) < 0) return false;
  if (below && (path.equals(below) || !isWithin(below, path))) return false;
  return depth === 'all' || path.length === 0 || parentOf(path).equals(below ?? Buffer.alloc(0));
}
