import { comparePaths, type Entry } from './entry.js';
import { checkEntry, checkPath } from './entry-order.js';
import { SessionError } from './errors.js';
import type { List } from './read-messages.js';

const SLASH = 0x2f;

/** Checks that entries answer a LIST: names, order, place and number. What they say of parents it cannot know. */
export class ListedEntries {
  private last: Buffer | null = null;
  private count = 0;

  constructor(private readonly asked: List) {}

  /** @throws SessionError BAD_PATH, BAD_ORDER, BAD_ENTRY – the server breaks the rules */
  accept(entry: Entry): void {
    const { path } = entry;
    checkEntry(entry);
    if (path.length > 0) checkPath(path);
    if (++this.count > this.asked.limit)
      throw new SessionError(
        'BAD_ORDER',
        `The server lists more than the ${this.asked.limit} entries asked.`,
      );
    const previous = this.last ?? this.asked.from;
    const order = previous === null ? 1 : comparePaths(path, previous);
    if (order < 0 || (order === 0 && this.last !== null) || !this.isInPlace(path))
      throw new SessionError(
        'BAD_ORDER',
        `The server lists ${JSON.stringify(path.subarray(0, 200).toString())}, which has no place there.`,
      );
    this.last = path;
  }

  private isInPlace(path: Buffer): boolean {
    const { below, depth } = this.asked;
    if (below === null) return depth === 'all' || !path.includes(SLASH);
    const nameAt = below.length === 0 ? 0 : below.length + 1;
    if (path.length <= nameAt) return false;
    if (nameAt > 0 && (path[below.length] !== SLASH || below.compare(path, 0, below.length) !== 0))
      return false;
    return depth === 'all' || path.indexOf(SLASH, nameAt) < 0;
  }
}
