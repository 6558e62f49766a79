import { comparePaths, type Entry } from '@periodic-backup/protocol';
import type { ManifestCursor } from '../manifest/manifest-cursor.js';
import type { EntryRange } from '../vault.js';

const SLASH = 0x2f;
const ROOT = Buffer.alloc(0);
/** No name begins with less: behind a path, `/` excepted, which counts as 0. */
const FIRST_BYTE = Buffer.from([1]);
const SLASH_BYTES = Buffer.from('/');

/** The entries of a range, from a cursor wherever it is. */
export function* entriesOf(cursor: ManifestCursor, { below, from, depth }: EntryRange): Generator<Entry> {
  const parent = below ?? ROOT;
  const start = firstBelow(below);
  cursor.seek(from === null || comparePaths(from, start) < 0 ? start : from);
  for (let entry = cursor.current; entry !== null; entry = cursor.current) {
    if (!isWithin(entry.path, parent)) return;
    if (depth === 'all') {
      yield entry;
      cursor.advance();
      continue;
    }
    const child = childOf(entry.path, parent);
    if (child.length === entry.path.length) yield entry;
    // The root has its children below it, and they are wanted.
    if (child.length === 0 || (child === entry.path && entry.kind !== 'directory')) cursor.advance();
    else cursor.seek(behindAllBelow(child));
  }
}

/** What comes first after everything below a path. */
export function behindAllBelow(path: Buffer): Buffer {
  return Buffer.concat([path, FIRST_BYTE]);
}

function firstBelow(directory: Buffer | null): Buffer {
  if (directory === null) return ROOT;
  return directory.length === 0 ? FIRST_BYTE : Buffer.concat([directory, SLASH_BYTES]);
}

function isWithin(path: Buffer, directory: Buffer): boolean {
  const { length } = directory;
  if (length === 0) return true;
  return path[length] === SLASH && path.compare(directory, 0, length, 0, length) === 0;
}

/** The child of a directory that is a path or holds it; the path itself if it is one. */
function childOf(path: Buffer, directory: Buffer): Buffer {
  const slash = path.indexOf(SLASH, directory.length === 0 ? 0 : directory.length + 1);
  return slash < 0 ? path : path.subarray(0, slash);
}
