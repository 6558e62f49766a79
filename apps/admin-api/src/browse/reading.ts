import type { SnapshotView } from '@periodic-backup/contracts';
import type { Entry } from '@periodic-backup/protocol';
import type { OpenedSnapshot, SnapshotReader } from '@periodic-backup/reader';

export interface PageRange {
  /** Only what lies below this directory (empty: all but the snapshot's own entry); null: everything. */
  readonly below: Buffer | null;
  /** Begins behind this path; null: at the first. */
  readonly after: Buffer | null;
  readonly depth: 'children' | 'all';
}

/** Entries asked for at once, where a caller does not say. */
const PAGE_ENTRIES = 2000;

/** A snapshot that is open on a connection of our own. Asked one thing at a time. */
export class Reading {
  constructor(
    readonly snapshot: SnapshotView,
    readonly reader: SnapshotReader,
    readonly opened: OpenedSnapshot,
  ) {}

  /** The entry at a path, null if there is none. */
  async find(path: Buffer): Promise<Entry | null> {
    let found: Entry | null = null;
    for await (const [entry] of this.reader.list({ below: null, from: path, depth: 'all', limit: 1 }))
      if (entry?.path.equals(path)) found = entry;
    return found;
  }

  /** At most `limit` entries in order, and whether there are more. @throws SessionError NOT_FOUND for no directory */
  async page(
    { below, after, depth }: PageRange,
    limit: number,
  ): Promise<{ entries: Entry[]; more: boolean }> {
    const entries: Entry[] = [];
    // The last one of the page before is where this one begins, and not handed on again.
    const range = { below, from: after, depth, limit: after === null ? limit : limit + 1 };
    for await (const batch of this.reader.list(range)) entries.push(...batch);
    if (after !== null && entries[0]?.path.equals(after)) entries.shift();
    const more = !this.reader.lastListWasComplete || entries.length > limit;
    return { entries: entries.slice(0, limit), more };
  }

  /** All entries in order, page by page; between pages the connection is free for something else. */
  async *pages(range: PageRange, pageEntries = PAGE_ENTRIES): AsyncGenerator<Entry[], void> {
    let after = range.after;
    for (;;) {
      const { entries, more } = await this.page({ ...range, after }, pageEntries);
      if (entries.length > 0) yield entries;
      after = entries.at(-1)?.path ?? after;
      if (!more || entries.length === 0) return;
    }
  }
}
