import type { EntryQuery, EntryView } from '@periodic-backup/contracts';
import { CursorError, type KeysetPage } from '@periodic-backup/ledger';
import type { Entry } from '@periodic-backup/protocol';
import { ProblemError } from '../http/problem.js';
import { entryView } from './entry-view.js';
import { decodePathCursor, encodePathCursor } from './page-cursor.js';
import type { Reading } from './reading.js';
import { isAtOrBelow, parentOf, shown } from './snapshot-paths.js';

/** Only names ascending are how the manifest has them; every other order is made here, of so many entries at most. */
const MOST_SORTED = 10_000;

type Order = Pick<EntryQuery, 'sort' | 'order' | 'limit' | 'cursor'>;

/**
 * What is in a directory of the snapshot, page by page. By name it costs the same for a directory of any size.
 * @throws ProblemError 404 if it is no directory, 422 if it is too large for this order; CursorError
 */
export async function listDirectory(
  reading: Reading,
  directory: Buffer,
  { sort, order, limit, cursor }: Order,
): Promise<KeysetPage<EntryView>> {
  const kind = `${sort}-${order}`;
  const after = decodePathCursor(kind, cursor);
  if (after !== null && !(isAtOrBelow(after, directory) && parentOf(after).equals(directory)))
    throw new CursorError('The cursor belongs to another directory: ask for the first page again.');
  await checkDirectory(reading, directory);
  const { entries, more } =
    kind === 'name-asc'
      ? await reading.page({ below: directory, after, depth: 'children' }, limit)
      : cut(await sorted(reading, directory, { sort, order }), after, limit);
  const last = entries.at(-1);
  return {
    items: entries.map((entry) => entryView(entry, reading.opened)),
    nextCursor: more && last ? encodePathCursor(kind, last.path) : null,
  };
}

async function checkDirectory(reading: Reading, directory: Buffer): Promise<void> {
  const entry = await reading.find(directory);
  if (entry === null)
    throw new ProblemError(
      404,
      `Snapshot ${reading.snapshot.snapshot} holds nothing at "${shown(directory)}".`,
    );
  if (entry.kind !== 'directory')
    throw new ProblemError(404, `"${shown(directory)}" is no directory but a ${entry.kind}.`);
}

async function sorted(
  reading: Reading,
  directory: Buffer,
  { sort, order }: Pick<Order, 'sort' | 'order'>,
): Promise<Entry[]> {
  const range = { below: directory, after: null, depth: 'children' } as const;
  const { entries, more } = await reading.page(range, MOST_SORTED);
  if (more)
    throw new ProblemError(
      422,
      `The directory has more than ${MOST_SORTED} entries: they come in the order of their names only (sort=name&order=asc).`,
      { errors: [{ path: 'sort', message: `is for directories of at most ${MOST_SORTED} entries` }] },
    );
  const compare = comparison(sort);
  // Stable: equals stay in the order of their names.
  return entries.sort(order === 'asc' ? compare : (a, b) => compare(b, a));
}

function comparison(sort: Order['sort']): (a: Entry, b: Entry) => number {
  switch (sort) {
    case 'name':
      return (a, b) => a.path.compare(b.path);
    case 'size':
      return (a, b) => a.size - b.size;
    case 'mtime':
      return (a, b) => (a.mtimeNs < b.mtimeNs ? -1 : a.mtimeNs > b.mtimeNs ? 1 : 0);
  }
}

function cut(entries: Entry[], after: Buffer | null, limit: number): { entries: Entry[]; more: boolean } {
  const start = after === null ? 0 : entries.findIndex(({ path }) => path.equals(after)) + 1;
  return { entries: entries.slice(start, start + limit), more: entries.length > start + limit };
}
