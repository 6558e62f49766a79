import { closeSync, openSync, readSync, writeFileSync } from 'node:fs';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  SessionError,
  comparePaths,
  digestOf,
  type Entry,
  type OpenSnapshot,
  type SnapshotSource,
} from '@periodic-backup/protocol';

export const SNAPSHOT = '2026-11-22T110500Z';

/** A snapshot on disk: what a vault is to a reading session, as simple as can be. */
export class TreeSource implements SnapshotSource {
  readonly #entries = new Map<string, Entry>();
  #sorted: Entry[] | null = null;
  opened = 0;
  closed = 0;
  /** Throws for a file that is to fail. */
  beforeRead: (path: string, offset: number) => void = () => undefined;

  constructor(private readonly root: string) {
    this.add('', { kind: 'directory' });
  }

  /** Writes a file; the manifest may be told another digest. */
  file(path: string, content: Buffer, rest: Partial<Entry> = {}): this {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), content);
    return this.add(path, { size: content.length, digest: digestOf(content), ...rest });
  }

  directory(path: string): this {
    return this.add(path, { kind: 'directory' });
  }

  add(path: string, rest: Partial<Entry>): this {
    this.#sorted = null;
    this.#entries.set(path, {
      ...{ path: Buffer.from(path), kind: 'file', mode: 0o644, uid: 1000, gid: 100, size: 0 },
      ...{ mtimeNs: 1n, ctimeNs: 2n, target: null, digest: null },
      ...{ sparse: false, unreadable: false, changedWhileRead: false },
      ...rest,
    });
    return this;
  }

  get paths(): string[] {
    return this.#inOrder().map(({ path }) => path.toString());
  }

  open(snapshot: string): OpenSnapshot {
    if (snapshot !== SNAPSHOT) throw new SessionError('NOT_FOUND', `There is no snapshot ${snapshot}.`);
    this.opened++;
    return {
      receipt: receiptOf(snapshot),
      users: { 1000: 'ada' },
      groups: { 100: 'users' },
      entries: ({ below, from, depth }) =>
        this.#inOrder().filter(({ path }) => {
          const name = nameBelow(path, below);
          if (name === null || (from && comparePaths(path, from) < 0)) return false;
          return depth === 'all' || !name.includes('/');
        }),
      find: (path) => this.#entries.get(path.toString()) ?? null,
      read: (entry, into, offset) => this.#read(entry, into, offset),
      close: () => void this.closed++,
    };
  }

  #inOrder(): Entry[] {
    return (this.#sorted ??= [...this.#entries.values()].sort((a, b) => comparePaths(a.path, b.path)));
  }

  #read(entry: Entry, into: Buffer, offset: number): number {
    const path = entry.path.toString();
    this.beforeRead(path, offset);
    const file = openSync(join(this.root, path), 'r');
    try {
      return readSync(file, into, 0, into.length, offset);
    } finally {
      closeSync(file);
    }
  }
}

function nameBelow(path: Buffer, below: Buffer | null): string | null {
  if (below === null) return path.toString();
  if (path.length === 0) return null;
  if (below.length === 0) return path.toString();
  const prefix = `${below.toString()}/`;
  return path.toString().startsWith(prefix) ? path.toString().slice(prefix.length) : null;
}

function receiptOf(snapshot: string): unknown {
  const id = '0b3f8a52-3a1c-4d7e-9f00-000000000001';
  return {
    ...{ v: 1, runId: id, epoch: 1, agentId: id, planId: id, vaultId: id, snapshot, previous: null },
    manifestDigest: 'ab'.repeat(32),
    counts: {
      ...{ entries: 1, files: 0, bytes: 0, storedFiles: 0, storedBytes: 0, linkedFiles: 0 },
      ...{ copiedFiles: 0, problems: 0 },
    },
    committedAt: '2026-11-22T11:05:07.000Z',
    signature: 'none',
  };
}
