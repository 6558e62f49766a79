import { closeSync, constants, lstatSync, openSync, opendirSync, readlinkSync, type Stats } from 'node:fs';
import { errorCode } from '../storage-errors.js';

const { O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;
const SLASH = 0x2f;
const ROOT = Buffer.alloc(0);
const NAMES_PER_CALL = 256;
/** A symlink where none may be followed, or a socket, is as good as nothing. */
const NOTHING_THERE = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'EINVAL', 'ENXIO']);
const HAS_OPEN_DIRECTORIES = process.platform === 'linux';

/**
 * Reads the folder of one snapshot, and nothing outside it: whatever somebody put into it, no symlink is followed, in no
 * component. Keeps the directory of the last path open, so that the files of a directory cost one call each. Owned by one
 * caller.
 */
export class SnapshotFolder {
  private directory = -1;
  private directoryPath: Buffer = ROOT;
  /** How a path in that directory begins. */
  private prefix: Buffer = ROOT;

  constructor(private readonly root: string) {}

  /** Opens what is there to be read, without waiting for a pipe's other end; null if it is not there or a symlink. */
  open(path: Buffer): number | null {
    return this.whereItIs(path, (full) => openSync(full, O_RDONLY | O_NOFOLLOW | O_NONBLOCK));
  }

  /** Null if nothing is there. */
  lstat(path: Buffer): Stats | null {
    if (path.length === 0) return whenThere(() => lstatSync(this.root));
    return this.whereItIs(path, (full) => lstatSync(full));
  }

  /** Target of a symlink, null if there is none. */
  readlink(path: Buffer): Buffer | null {
    return this.whereItIs(path, (full) => readlinkSync(full, 'buffer'));
  }

  /** Names in a directory, in no order, in constant memory; null if it is no directory. */
  names(path: Buffer): Generator<Buffer> | null {
    if (!this.enter(path)) return null;
    return namesIn(this.prefix);
  }

  /** Safe to repeat. */
  close(): void {
    if (this.directory >= 0) closeSync(this.directory);
    this.directory = -1;
    this.prefix = ROOT;
  }

  private whereItIs<T>(path: Buffer, action: (full: Buffer) => T): T | null {
    const cut = path.lastIndexOf(SLASH);
    if (!this.enter(cut < 0 ? ROOT : path.subarray(0, cut))) return null;
    const name = cut < 0 ? path : path.subarray(cut + 1);
    return whenThere(() => action(Buffer.concat([this.prefix, name])));
  }

  /** Makes a directory the open one; false if it is not there or no directory. */
  private enter(directory: Buffer): boolean {
    if (this.prefix.length > 0) {
      if (directory.equals(this.directoryPath)) return true;
      if (!isBelow(directory, this.directoryPath)) this.close();
    }
    if (this.prefix.length === 0 && !this.step(Buffer.from(this.root), ROOT)) return false;
    for (let at = this.directoryPath.length; at < directory.length;) {
      const begin = at === 0 ? 0 : at + 1;
      const slash = directory.indexOf(SLASH, begin);
      at = slash < 0 ? directory.length : slash;
      if (this.step(Buffer.concat([this.prefix, directory.subarray(begin, at)]), directory.subarray(0, at)))
        continue;
      this.close();
      return false;
    }
    return true;
  }

  /** Stands in for openat(2), which Node lacks: `/proc/self/fd/N/name` is resolved from the directory open as N. */
  private step(full: Buffer, path: Buffer): boolean {
    if (HAS_OPEN_DIRECTORIES) {
      const next = whenThere(() => openSync(full, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
      if (next === null) return false;
      if (this.directory >= 0) closeSync(this.directory);
      this.directory = next;
      this.prefix = Buffer.from(`/proc/self/fd/${next}/`);
    } else {
      if (whenThere(() => lstatSync(full))?.isDirectory() !== true) return false;
      this.prefix = Buffer.concat([full, Buffer.from('/')]);
    }
    this.directoryPath = Buffer.from(path);
    return true;
  }
}

function* namesIn(prefix: Buffer): Generator<Buffer> {
  const directory = opendirSync(prefix, { encoding: 'latin1', bufferSize: NAMES_PER_CALL });
  try {
    for (let entry = directory.readSync(); entry !== null; entry = directory.readSync())
      yield Buffer.from(entry.name, 'latin1');
  } finally {
    directory.closeSync();
  }
}

function isBelow(path: Buffer, directory: Buffer): boolean {
  const { length } = directory;
  if (length === 0) return true;
  return path[length] === SLASH && path.compare(directory, 0, length, 0, length) === 0;
}

function whenThere<T>(action: () => T): T | null {
  try {
    return action();
  } catch (error) {
    if (NOTHING_THERE.has(errorCode(error))) return null;
    throw error;
  }
}
