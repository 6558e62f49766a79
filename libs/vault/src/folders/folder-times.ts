import type { Entry } from '@periodic-backup/protocol';

const SLASH = 0x2f;

interface OpenDirectory {
  readonly entry: Entry;
  hasLateLinks: boolean;
}

/**
 * Tells when a directory is complete, from entries in order: then its time can be set, because nothing is made in it any
 * more. One whose symlinks and hard links are still to be made says so. Memory: the depth of the tree.
 */
export class FolderTimes {
  private readonly open: OpenDirectory[] = [];

  constructor(private readonly onComplete: (directory: Entry, hasLateLinks: boolean) => void) {}

  add(entry: Entry): void {
    this.leaveAllBut(entry.path);
    if (entry.kind === 'directory') this.open.push({ entry, hasLateLinks: false });
  }

  /** The entry added last is a link, made at the end. */
  markLateLink(): void {
    const directory = this.open.at(-1);
    if (directory) directory.hasLateLinks = true;
  }

  finish(): void {
    while (this.open.length > 0) this.leave();
  }

  private leaveAllBut(path: Buffer): void {
    for (let top = this.open.at(-1); top !== undefined; top = this.open.at(-1)) {
      if (isBelow(path, top.entry.path)) return;
      this.leave();
    }
  }

  private leave(): void {
    const left = this.open.pop();
    if (left) this.onComplete(left.entry, left.hasLateLinks);
  }
}

function isBelow(path: Buffer, directory: Buffer): boolean {
  const { length } = directory;
  if (length === 0) return true;
  return path[length] === SLASH && path.compare(directory, 0, length, 0, length) === 0;
}
