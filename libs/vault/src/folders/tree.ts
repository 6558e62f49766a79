import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmdirSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  type Stats,
} from 'node:fs';
import { errorCode } from '../storage-errors.js';
import { fileTime } from './file-time.js';

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_RDONLY, O_WRONLY } = constants;
const SLASH = 0x2f;
/** Linux takes 4,095 bytes of path in one call. Longer ones go in steps through the open directory's own path. */
const PATH_BYTES_PER_CALL = 4095;
const STEPS_ARE_POSSIBLE = process.platform === 'linux';

/** A file call of a tree, named for fault injection. */
export type TreeCall = 'create' | 'link' | 'mkdir' | 'symlink' | 'write' | 'read' | 'times';
/** Called before each file call; what it throws is what the call throws. Tests only. */
export type TreeFault = (call: TreeCall, path: Buffer) => void;

/**
 * File calls below one root, by paths as bytes. Never follows a symlink in the last component; the ones before it are
 * directories that this process made. Paths may exceed what one system call takes (Linux).
 */
export class Tree {
  private readonly scratch: Buffer;
  private readonly prefixBytes: number;

  constructor(
    readonly root: string,
    /** Bits that the process's umask takes from every new mode. */
    private readonly umask: number,
    readonly fault: TreeFault | null = null,
  ) {
    this.prefixBytes = Buffer.byteLength(root) + 1;
    this.scratch = Buffer.alloc(PATH_BYTES_PER_CALL);
    this.scratch.write(`${root}/`);
  }

  /** Makes a file that was not there and returns its descriptor. @throws EEXIST */
  create(path: Buffer, mode: number): number {
    this.fault?.('create', path);
    const flags = O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW;
    const file =
      this.prefixBytes + path.length <= PATH_BYTES_PER_CALL
        ? openSync(this.join(path), flags, mode)
        : this.at(path, (full) => openSync(full, flags, mode));
    if ((mode & this.umask) !== 0) fchmodSync(file, mode);
    return file;
  }

  openToRead(path: Buffer): number {
    this.fault?.('read', path);
    return this.at(path, (full) => openSync(full, O_RDONLY | O_NOFOLLOW));
  }

  openToWrite(path: Buffer): number {
    return this.at(path, (full) => openSync(full, O_WRONLY | O_NOFOLLOW));
  }

  /** Gives the file `sourcePath` of another (or this) tree a second name. @throws EEXIST, EMLINK, EXDEV, EPERM, ENOENT */
  link(source: Tree, sourcePath: Buffer, path: Buffer): void {
    this.fault?.('link', path);
    if (source === this)
      return this.at(Buffer.from(path), (to) => this.linkFrom(Buffer.from(to), sourcePath));
    source.at(sourcePath, (from) => this.at(path, (to) => linkSync(from, to)));
  }

  private linkFrom(to: Buffer, sourcePath: Buffer): void {
    this.at(sourcePath, (from) => linkSync(from, to));
  }

  /** Makes a directory. @throws EEXIST */
  makeDirectory(path: Buffer, mode: number): void {
    this.fault?.('mkdir', path);
    this.at(path, (full) => mkdirSync(full, mode));
    if ((mode & this.umask) !== 0) this.chmod(path, mode);
  }

  /** Only for what this tree alone holds: never for a file that may be shared with a snapshot. */
  chmod(path: Buffer, mode: number): void {
    this.at(path, (full) => chmodSync(full, mode));
  }

  makeSymlink(target: Buffer, path: Buffer): void {
    this.fault?.('symlink', path);
    this.at(path, (full) => symlinkSync(target, full));
  }

  /** Sets the modification time of a directory or of a file that this tree alone holds. */
  setTime(path: Buffer, mtimeNs: bigint): void {
    this.fault?.('times', path);
    const time = fileTime(mtimeNs);
    this.at(path, (full) => utimesSync(full, time, time));
  }

  setSymlinkTime(path: Buffer, mtimeNs: bigint): void {
    const time = fileTime(mtimeNs);
    this.at(path, (full) => lutimesSync(full, time, time));
  }

  /** Null if nothing is there. */
  lstat(path: Buffer): Stats | null {
    try {
      return this.at(path, (full) => lstatSync(full));
    } catch (error) {
      if (isAbsent(error)) return null;
      throw error;
    }
  }

  /** Names of a directory, one character per byte, in byte order; null if it is none (a symlink to one is none). */
  names(path: Buffer): string[] | null {
    if (!this.lstat(path)?.isDirectory()) return null;
    try {
      return this.at(path, (full) => readdirSync(full, 'latin1')).sort();
    } catch (error) {
      if (isAbsent(error)) return null;
      throw error;
    }
  }

  /** Removes what is at `path`, with all it holds; does nothing if nothing is there. */
  remove(path: Buffer): void {
    try {
      this.at(path, (full) => unlinkSync(full));
    } catch (error) {
      if (isAbsent(error)) return;
      // A directory: EISDIR on Linux, EPERM by POSIX.
      if (!['EISDIR', 'EPERM'].includes(errorCode(error))) throw error;
      this.removeDirectory(path);
    }
  }

  private removeDirectory(path: Buffer): void {
    for (const name of this.names(path) ?? []) this.remove(below(path, Buffer.from(name, 'latin1')));
    try {
      this.at(path, (full) => rmdirSync(full));
    } catch (error) {
      // Another process removes the same.
      if (!isAbsent(error)) throw error;
    }
  }

  /** Calls `action` with a path that one system call takes. The buffer is valid only within. */
  at<T>(path: Buffer, action: (full: Buffer) => T): T {
    if (this.prefixBytes + path.length <= PATH_BYTES_PER_CALL) return action(this.join(path));
    const full = Buffer.concat([Buffer.from(`${this.root}/`), path]);
    return STEPS_ARE_POSSIBLE ? inSteps(full, action) : action(full);
  }

  private join(path: Buffer): Buffer {
    if (path.length === 0) return this.scratch.subarray(0, this.prefixBytes - 1);
    path.copy(this.scratch, this.prefixBytes);
    return this.scratch.subarray(0, this.prefixBytes + path.length);
  }
}

/** The path of a name in a directory of the tree. */
export function below(directory: Buffer, name: Buffer): Buffer {
  return directory.length === 0 ? name : Buffer.concat([directory, SLASH_BYTES, name]);
}

const SLASH_BYTES = Buffer.from('/');

/** Stands in for openat(2), which Node lacks: `/proc/self/fd/N/rest` is resolved from the directory open as N. */
function inSteps<T>(full: Buffer, action: (path: Buffer) => T): T {
  let directory = -1;
  try {
    let rest = full;
    while (rest.length > PATH_BYTES_PER_CALL) {
      const cut = rest.lastIndexOf(SLASH, PATH_BYTES_PER_CALL - 1);
      const next = openSync(rest.subarray(0, cut), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
      if (directory >= 0) closeSync(directory);
      directory = next;
      rest = Buffer.concat([Buffer.from(`/proc/self/fd/${directory}/`), rest.subarray(cut + 1)]);
    }
    return action(rest);
  } finally {
    if (directory >= 0) closeSync(directory);
  }
}

function isAbsent(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}
