import {
  SessionError,
  comparePaths,
  digestOf,
  type Entry,
  type OpenSnapshot,
  type SnapshotRange,
  type SnapshotSource,
} from '../src/index.js';
import { directoryOf, entryOf } from './samples.js';

export const SNAPSHOT = '2026-11-22T110500Z';

/** The protocol's own stand-in for stored snapshots: one of them, in memory. */
export class MemorySource implements SnapshotSource {
  readonly entries = new Map<string, Entry>();
  readonly contents = new Map<string, Buffer>();
  users: Record<string, string> = { 1000: 'ada' };
  groups: Record<string, string> = { 100: 'users' };
  opened = 0;
  closed = 0;
  /** Listings that hold something. */
  listing = 0;
  /** Called before each read. */
  beforeRead: (path: string, offset: number) => void = () => undefined;

  constructor() {
    this.add(directoryOf(''));
  }

  add(...entries: Entry[]): this {
    for (const entry of entries) this.entries.set(entry.path.toString('latin1'), entry);
    return this;
  }

  addFile(path: string, content: Buffer, rest: Partial<Entry> = {}): this {
    this.contents.set(path, content);
    return this.add(entryOf(path, { size: content.length, digest: digestOf(content), ...rest }));
  }

  get sorted(): Entry[] {
    return [...this.entries.values()].sort((a, b) => comparePaths(a.path, b.path));
  }

  open(snapshot: string): OpenSnapshot {
    if (snapshot !== SNAPSHOT) throw new SessionError('NOT_FOUND', `There is no snapshot ${snapshot}.`);
    this.opened++;
    let open = true;
    return {
      receipt: { snapshot },
      users: this.users,
      groups: this.groups,
      entries: (range) => this.list(range),
      find: (path) => this.entries.get(path.toString('latin1')) ?? null,
      read: (entry, into, offset) => this.read(entry, into, offset),
      close: () => {
        if (open) this.closed++;
        open = false;
      },
    };
  }

  private *list({ below, from, depth }: SnapshotRange): Iterable<Entry> {
    const prefix = below === null || below.length === 0 ? '' : `${below.toString('latin1')}/`;
    this.listing++;
    try {
      for (const entry of this.sorted) {
        const path = entry.path.toString('latin1');
        if (below !== null && (!path.startsWith(prefix) || path.length === 0)) continue;
        if (from !== null && comparePaths(entry.path, from) < 0) continue;
        if (depth === 'children' && path.slice(prefix.length).includes('/')) continue;
        yield entry;
      }
    } finally {
      this.listing--;
    }
  }

  private read(entry: Entry, into: Buffer, offset: number): number {
    const path = entry.path.toString('latin1');
    this.beforeRead(path, offset);
    const content = this.contents.get(path);
    if (!content) throw new SessionError('DAMAGED', `The file ${path} is not there.`);
    return content.copy(into, 0, offset);
  }
}
