import type {
  EntryView,
  SearchHit,
  SearchPage,
  SkippedSnapshot,
  SnapshotView,
} from '@periodic-backup/contracts';
import { comparePaths } from '@periodic-backup/protocol';
import { entryView } from './entry-view.js';
import type { NameTest } from './name-pattern.js';
import { decodePathCursor, encodePathCursor } from './page-cursor.js';
import { markOf } from './path-history.js';
import type { Reading } from './reading.js';
import { isOfThisSnapshot } from './reading-problems.js';
import { nameOf, shown } from './snapshot-paths.js';
import { TimeBudget } from './time-budget.js';

const CURSOR = 'search';
/** Entries of one snapshot in a window: enough to be worth opening all snapshots for, few enough for an answer in time. */
const LEAST_WINDOW = 20_000;
const MOST_ENTRIES = 5_000_000;
/** A snapshot that holds so many times more than the newest, within one window, makes the window end earlier. */
const MOST_WINDOWS = 4;

export interface SearchOptions {
  readonly isMeant: NameTest;
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly budgetMs: number;
  /** Entries of the newest snapshot that are looked at before the first chance to stop. */
  readonly windowEntries?: number;
  /** Lends a reading of a snapshot. @throws ProblemError */
  readonly read: <T>(snapshot: SnapshotView, work: (reading: Reading) => Promise<T>) => Promise<T>;
}

type Found = Pick<SearchPage, 'items' | 'nextCursor' | 'skipped'>;

/**
 * Paths whose name is meant, in order, with the snapshots that hold them. All snapshots are walked side by side, a window of
 * paths at a time, so that a hit is complete when it is told, and memory is that of a window's hits.
 * @param snapshots newest first @throws CursorError
 */
export async function searchNames(
  snapshots: readonly SnapshotView[],
  options: SearchOptions,
): Promise<Found> {
  const budget = new TimeBudget(options.budgetMs);
  const search = new Search(snapshots, options);
  const items: SearchHit[] = [];
  let from = decodePathCursor(CURSOR, options.cursor);
  do {
    const room = options.limit - items.length;
    const { hits, end } = await search.window(from, room);
    items.push(...hits.slice(0, room).map(({ hit }) => hit));
    from = hits[room]?.path ?? end;
    if (from === null) return { items, nextCursor: null, skipped: search.skipped };
  } while (items.length < options.limit && !budget.isSpent);
  return { items, nextCursor: encodePathCursor(CURSOR, from), skipped: search.skipped };
}

interface HitAt {
  readonly path: Buffer;
  readonly hit: SearchHit;
}

interface WindowBounds {
  readonly from: Buffer | null;
  /** Excluded; null: none yet. */
  readonly end: Buffer | null;
  /** Entries to look at. */
  readonly most: number;
  /** Hits to find. */
  readonly room: number;
}

class Search {
  readonly skipped: SkippedSnapshot[] = [];
  readonly #windowEntries: number;

  constructor(
    private readonly snapshots: readonly SnapshotView[],
    private readonly options: SearchOptions,
  ) {
    const quarter = Math.ceil((snapshots[0]?.counts.entries ?? 0) / 4);
    const fair = Math.max(LEAST_WINDOW, Math.min(quarter, MOST_ENTRIES / snapshots.length));
    this.#windowEntries = options.windowEntries ?? Math.floor(fair);
  }

  /** All hits from a path (null: the first) up to where the window ends, itself excluded; null: with the last path. */
  async window(from: Buffer | null, room: number): Promise<{ hits: HitAt[]; end: Buffer | null }> {
    const hits = new Map<string, HitAt>();
    let end: Buffer | null = null;
    for (const [index, snapshot] of this.snapshots.entries()) {
      const most = index === 0 ? this.#windowEntries : MOST_WINDOWS * this.#windowEntries;
      const scanned = await this.#read(snapshot, (reading) => this.#scan(reading, { from, end, most, room }));
      if (scanned === null) continue;
      end = scanned.end;
      for (const entry of scanned.found) note(hits, entry, snapshot);
    }
    const inside = [...hits.values()].filter(({ path }) => end === null || comparePaths(path, end) < 0);
    return { hits: inside.sort((a, b) => comparePaths(a.path, b.path)), end };
  }

  /** What of a snapshot is meant in the window, and where the window ends now. */
  async #scan(
    reading: Reading,
    { from, end, most, room }: WindowBounds,
  ): Promise<{ found: EntryView[]; end: Buffer | null }> {
    const found: EntryView[] = [];
    let left = most;
    const range = { below: null, from, depth: 'all', limit: most + 1 } as const;
    for await (const batch of reading.reader.list(range))
      for (const entry of batch) {
        if (end !== null && comparePaths(entry.path, end) >= 0) return { found, end };
        if (left-- === 0) return { found, end: entry.path };
        if (entry.path.length === 0 || !this.options.isMeant(shown(nameOf(entry.path)))) continue;
        // More than the page holds: what is behind belongs to the next.
        if (found.length === room) return { found, end: entry.path };
        found.push(entryView(entry, reading.opened));
      }
    return { found, end };
  }

  /** Null for a snapshot that cannot be looked into, now or before. */
  async #read<T>(snapshot: SnapshotView, work: (reading: Reading) => Promise<T>): Promise<T | null> {
    if (this.skipped.some(({ id }) => id === snapshot.id)) return null;
    try {
      return await this.options.read(snapshot, work);
    } catch (error) {
      if (!isOfThisSnapshot(error)) throw error;
      this.skipped.push({ ...markOf(snapshot), reason: error.message });
      return null;
    }
  }
}

/** Snapshots come newest first: the first to hold a path shows it. */
function note(hits: Map<string, HitAt>, entry: EntryView, snapshot: SnapshotView): void {
  const known = hits.get(entry.pathBytes)?.hit;
  const mark = markOf(snapshot);
  const hit = known
    ? { ...known, first: mark, snapshots: known.snapshots + 1 }
    : { entry, first: mark, last: mark, snapshots: 1 };
  hits.set(entry.pathBytes, { path: Buffer.from(entry.pathBytes, 'base64'), hit });
}
