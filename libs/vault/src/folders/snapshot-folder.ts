import { constants, lstatSync, openSync, opendirSync, readlinkSync, type Dir, type Stats } from 'node:fs';
import { errorCode } from '../storage-errors.js';
import { Tree } from './tree.js';

const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;
const SLASH = 0x2f;
const ROOT = Buffer.alloc(0);
const NAMES_PER_CALL = 256;
/** A symlink where none may be followed, or a socket, is as good as nothing. */
const NOTHING_THERE = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'EINVAL', 'ENXIO']);

/**
 * Reads the folder of one snapshot, and nothing outside it: whatever a person put into it, no symlink is followed, in no
 * component. That what leads to a path are directories is looked at once for each directory, not once for each file.
 * (Whoever could exchange one in between may do all that the vault may.) Owned by one caller.
 */
export class SnapshotFolder {
  private readonly tree: Tree;
  /** The last directory that was seen to be one, as all above it. */
  private known: Buffer | null = null;

  constructor(root: string) {
    this.tree = new Tree(root, 0);
  }

  /** Opens what is there to be read, without waiting for a pipe's other end; null if it is not there or a symlink. */
  open(path: Buffer): number | null {
    return this.whereItIs(path, (full) => openSync(full, O_RDONLY | O_NOFOLLOW | O_NONBLOCK));
  }

  /** Null if nothing is there. */
  lstat(path: Buffer): Stats | null {
    return this.whereItIs(path, (full) => lstatSync(full));
  }

  /** Target of a symlink, null if there is none. */
  readlink(path: Buffer): Buffer | null {
    return this.whereItIs(path, (full) => readlinkSync(full, 'buffer'));
  }

  /** Names in a directory, in no order, in constant memory; none if it is no directory. */
  *names(path: Buffer): Generator<Buffer> {
    if (!this.isDirectory(path)) return;
    const directory = this.openDirectory(path);
    if (directory === null) return;
    try {
      for (let entry = directory.readSync(); entry !== null; entry = directory.readSync())
        yield Buffer.from(entry.name, 'latin1');
    } finally {
      directory.closeSync();
    }
  }

  private openDirectory(path: Buffer): Dir | null {
    return whenThere(() =>
      this.tree.at(path, (full) => opendirSync(full, { encoding: 'latin1', bufferSize: NAMES_PER_CALL })),
    );
  }

  private whereItIs<T>(path: Buffer, action: (full: Buffer) => T): T | null {
    if (!this.isReached(path)) return null;
    return whenThere(() => this.tree.at(path, action));
  }

  private isReached(path: Buffer): boolean {
    const cut = path.lastIndexOf(SLASH);
    if (this.known?.length === cut && path.compare(this.known, 0, cut, 0, cut) === 0) return true;
    return path.length === 0 || this.isDirectory(cut < 0 ? ROOT : path.subarray(0, cut));
  }

  private isDirectory(path: Buffer): boolean {
    if (this.known !== null && isWithin(this.known, path)) return true;
    if (this.known === null && !this.isItself(ROOT)) return false;
    const { known } = this;
    for (let at = known !== null && isWithin(path, known) ? known.length : 0; at < path.length;) {
      const slash = path.indexOf(SLASH, at + 1);
      at = slash < 0 ? path.length : slash;
      if (!this.isItself(path.subarray(0, at))) return false;
    }
    this.known = Buffer.from(path);
    return true;
  }

  private isItself(path: Buffer): boolean {
    return whenThere(() => this.tree.at(path, (full) => lstatSync(full)))?.isDirectory() === true;
  }
}

/** True if a path is the directory or below it. */
function isWithin(path: Buffer, directory: Buffer): boolean {
  const { length } = directory;
  if (length === 0) return true;
  if (path.length < length || path.compare(directory, 0, length, 0, length) !== 0) return false;
  return path.length === length || path[length] === SLASH;
}

function whenThere<T>(action: () => T): T | null {
  try {
    return action();
  } catch (error) {
    if (NOTHING_THERE.has(errorCode(error))) return null;
    throw error;
  }
}
