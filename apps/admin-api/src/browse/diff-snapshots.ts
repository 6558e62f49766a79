import type { DiffEntry } from '@periodic-backup/contracts';
import type { KeysetPage } from '@periodic-backup/ledger';
import { comparePaths, type Entry } from '@periodic-backup/protocol';
import { entryView, type OwnerNames } from './entry-view.js';
import { decodePathCursor, encodePathCursor } from './page-cursor.js';
import type { Reading } from './reading.js';
import { shown } from './snapshot-paths.js';
import { TimeBudget } from './time-budget.js';

const CURSOR = 'diff';

export interface DiffOptions {
  /** Only what is at or below this path. */
  readonly below: Buffer;
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly budgetMs: number;
}

interface Pair {
  readonly before: Entry | null;
  readonly after: Entry | null;
}

/**
 * What differs between two snapshots, in the order of paths: one walk over both lists side by side, in constant memory.
 * A page may hold less than wanted and still have a next one: its time was up. @throws CursorError
 */
export async function diffSnapshots(
  before: Reading,
  after: Reading,
  { below, limit, cursor, budgetMs }: DiffOptions,
): Promise<KeysetPage<DiffEntry>> {
  const budget = new TimeBudget(budgetMs);
  const start = decodePathCursor(CURSOR, cursor);
  const items: DiffEntry[] = [];
  const lists = await Promise.all([before, after].map((reading) => walk(reading, below, start)));
  for await (const pair of sideBySide(lists[0]!, lists[1]!)) {
    const { path } = (pair.before ?? pair.after)!;
    const change = changeOf(pair);
    if (change !== null)
      items.push(diffEntry(path, change, pair, { before: before.opened, after: after.opened }));
    // The root itself is no place to go on behind.
    if (path.length > 0 && (items.length >= limit || budget.isSpent))
      return { items, nextCursor: encodePathCursor(CURSOR, path) };
  }
  return { items, nextCursor: null };
}

async function walk(
  reading: Reading,
  below: Buffer,
  after: Buffer | null,
): Promise<AsyncGenerator<Entry, void>> {
  const top = await reading.find(below);
  return entriesOf(reading, top, after);
}

async function* entriesOf(
  reading: Reading,
  top: Entry | null,
  after: Buffer | null,
): AsyncGenerator<Entry, void> {
  if (top === null) return;
  if (after === null) yield top;
  if (top.kind !== 'directory') return;
  for await (const page of reading.pages({ below: top.path, after, depth: 'all' })) yield* page;
}

/** Merges two lists in order: what has the same path comes together. */
async function* sideBySide(
  left: AsyncGenerator<Entry, void>,
  right: AsyncGenerator<Entry, void>,
): AsyncGenerator<Pair, void> {
  try {
    let [a, b] = await Promise.all([left.next(), right.next()]);
    while (!a.done || !b.done) {
      const order = a.done ? 1 : b.done ? -1 : comparePaths(a.value.path, b.value.path);
      yield { before: order <= 0 ? a.value! : null, after: order >= 0 ? b.value! : null };
      if (order <= 0) a = await left.next();
      if (order >= 0) b = await right.next();
    }
  } finally {
    await Promise.all([left.return(), right.return()]);
  }
}

function changeOf({ before, after }: Pair): DiffEntry['change'] | null {
  if (before === null) return 'added';
  if (after === null) return 'removed';
  if (
    before.kind !== after.kind ||
    before.size !== after.size ||
    !same(before.digest, after.digest) ||
    !same(before.target, after.target)
  )
    return 'changed';
  const metadata = (entry: Entry): string => [entry.mode, entry.uid, entry.gid, entry.mtimeNs].join();
  return metadata(before) === metadata(after) ? null : 'metadata';
}

function same(a: Buffer | null, b: Buffer | null): boolean {
  return a === null || b === null ? a === b : a.equals(b);
}

function diffEntry(
  path: Buffer,
  change: DiffEntry['change'],
  pair: Pair,
  owners: Record<keyof Pair, OwnerNames>,
): DiffEntry {
  return {
    path: shown(path),
    pathBytes: path.toString('base64'),
    change,
    before: pair.before && entryView(pair.before, owners.before),
    after: pair.after && entryView(pair.after, owners.after),
  };
}
