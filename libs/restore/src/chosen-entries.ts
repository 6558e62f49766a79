import { EntryOrder, SessionError, checkPath, comparePaths, type Entry } from '@periodic-backup/protocol';
import type { SnapshotReader } from '@periodic-backup/reader';
import { isWithin } from '@periodic-backup/local-files';

const SLASH = 0x2f;
const ROOT = Buffer.alloc(0);

/** The list of an open snapshot. */
export type EntrySource = Pick<SnapshotReader, 'list' | 'lastListWasComplete'>;

/** Which paths of a snapshot are restored: each with all below it. */
export class ChosenPaths {
  readonly #sorted: readonly Buffer[] | null;

  /** @param paths null: all. @throws SessionError BAD_PATH */
  constructor(paths: readonly Buffer[] | null) {
    if (!paths || paths.some((path) => path.length === 0)) {
      this.#sorted = null;
      return;
    }
    for (const path of paths) checkPath(path);
    const sorted: Buffer[] = [];
    for (const path of paths.toSorted(comparePaths)) {
      const last = sorted.at(-1);
      if (!last || !isWithin(last, path)) sorted.push(path);
    }
    this.#sorted = sorted;
  }

  get all(): boolean {
    return this.#sorted === null;
  }

  includes(path: Buffer): boolean {
    if (this.#sorted === null) return true;
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (comparePaths(this.#sorted[middle] as Buffer, path) <= 0) low = middle + 1;
      else high = middle;
    }
    const before = this.#sorted[low - 1];
    return before !== undefined && isWithin(before, path);
  }

  [Symbol.iterator](): Iterator<Buffer> {
    return (this.#sorted ?? [ROOT])[Symbol.iterator]();
  }
}

/**
 * The chosen entries of the open snapshot in order, after the directories that lead to them, checked against the rules
 * of SPEC.md §5.1 whatever the receiver sends. Chosen paths that the snapshot does not have go to `missing`.
 * @throws SessionError BAD_PATH, BAD_PARENT, BAD_ORDER, BAD_ENTRY – the receiver breaks the rules
 */
export async function* chosenEntries(
  source: EntrySource,
  chosen: ChosenPaths,
  missing: (path: Buffer) => void,
): AsyncGenerator<Entry[]> {
  const order = new EntryOrder();
  const checked = (entries: Entry[]): Entry[] => {
    for (const entry of entries) order.accept(entry);
    return entries;
  };
  if (chosen.all) {
    for await (const entries of listed(source, null)) yield checked(entries);
    return;
  }
  const root = await findEntry(source, ROOT);
  if (!root) throw new SessionError('BAD_ORDER', 'The receiver lists a snapshot without its own directory.');
  yield checked([root]);
  let above: Entry[] = [];
  for (const path of chosen) {
    above = above.filter((entry) => isWithin(entry.path, path));
    const way = await wayTo(source, path, above.at(-1)?.path ?? ROOT);
    if (!way) {
      missing(path);
      continue;
    }
    above.push(...way.slice(0, -1));
    yield checked(way);
    if (way.at(-1)?.kind !== 'directory') continue;
    for await (const entries of listed(source, path)) yield checked(entries);
  }
}

/** The entries below `reached` that lead to `path`, and its own; null if there is none. */
async function wayTo(source: EntrySource, path: Buffer, reached: Buffer): Promise<Entry[] | null> {
  const way: Entry[] = [];
  let from = reached.length === 0 ? 0 : reached.length + 1;
  for (;;) {
    const slash = path.indexOf(SLASH, from);
    const entry = await findEntry(source, slash === -1 ? path : path.subarray(0, slash));
    if (!entry) return null;
    way.push(entry);
    if (slash === -1) return way;
    if (entry.kind !== 'directory') return null;
    from = slash + 1;
  }
}

/** The entry at `path`, or null. */
export async function findEntry(source: EntrySource, path: Buffer): Promise<Entry | null> {
  const range = { below: null, from: path.length === 0 ? null : path, depth: 'all', limit: 1 } as const;
  let found: Entry | null = null;
  for await (const [entry] of source.list(range)) if (entry?.path.equals(path)) found = entry;
  return found;
}

async function* listed(source: EntrySource, below: Buffer | null): AsyncGenerator<Entry[]> {
  yield* source.list({ below, from: null, depth: 'all', limit: Number.MAX_SAFE_INTEGER });
  // A reader asks page by page and ends only where there is nothing more.
  if (!source.lastListWasComplete)
    throw new SessionError('BAD_ORDER', 'The receiver ended its list too early.');
}
