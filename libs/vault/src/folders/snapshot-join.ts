import { comparePaths, type Entry } from '@periodic-backup/protocol';
import type { EntryListReader } from '../manifest/entry-list.js';
import type { Tree } from './tree.js';

const SLASH = 0x2f;

export interface SnapshotJoinOptions {
  /** Entries of the snapshot before, null if there is none. */
  readonly previous: EntryListReader | null;
  /** What earlier sessions staged, null if nothing. */
  readonly staged: EntryListReader | null;
  readonly tree: Tree;
  /** Takes entries of the snapshot before that are not offered any more; null: they stay behind. */
  readonly carry: ((previous: Entry, staged: Entry | null) => void) | null;
}

/**
 * Three sorted lists side by side: what is offered, the snapshot before, what is staged. Constant memory. What is
 * staged and no longer wanted is removed from the tree on the way.
 */
export class SnapshotJoin {
  /** The entry of the snapshot before at the path of the last {@link advanceTo}, null if there is none. */
  previous: Entry | null = null;
  /** The staged entry at that path, null if there is none. */
  staged: Entry | null = null;
  /** A path that was a directory before and no longer is one: what was below it has no place. */
  private closedDirectory: Buffer | null = null;

  constructor(private readonly lists: SnapshotJoinOptions) {}

  /** Moves on to an offered entry. */
  advanceTo(entry: Entry): void {
    const { previous } = this.lists;
    this.previous = null;
    if (previous !== null) {
      this.leaveBehind(previous, entry.path);
      if (previous.current?.path.equals(entry.path)) {
        this.previous = previous.current;
        if (this.previous.kind === 'directory' && entry.kind !== 'directory')
          this.closedDirectory = entry.path;
        previous.advance();
      }
    }
    this.staged = this.stagedAt(entry.path);
  }

  /** Moves behind the last entry. */
  finish(): void {
    const { previous, staged, tree } = this.lists;
    if (previous !== null) this.leaveBehind(previous, null);
    for (; staged?.current; staged.advance()) tree.remove(staged.current.path);
  }

  /** Safe to repeat. */
  close(): void {
    this.lists.previous?.close();
    this.lists.staged?.close();
  }

  private leaveBehind(previous: EntryListReader, path: Buffer | null): void {
    const { carry } = this.lists;
    for (let entry = previous.current; entry !== null; entry = previous.current) {
      if (path !== null && comparePaths(entry.path, path) >= 0) return;
      if (carry !== null && !this.isBelowClosed(entry.path)) carry(entry, this.stagedAt(entry.path));
      previous.advance();
    }
  }

  private stagedAt(path: Buffer): Entry | null {
    const { staged, tree } = this.lists;
    if (staged === null) return null;
    for (let entry = staged.current; entry !== null; entry = staged.current) {
      const order = comparePaths(entry.path, path);
      if (order > 0) return null;
      staged.advance();
      if (order === 0) return entry;
      tree.remove(entry.path);
    }
    return null;
  }

  private isBelowClosed(path: Buffer): boolean {
    const closed = this.closedDirectory;
    return (
      closed !== null &&
      path.length > closed.length &&
      path[closed.length] === SLASH &&
      path.compare(closed, 0, closed.length, 0, closed.length) === 0
    );
  }
}
