import { closeSync, fchmodSync, fstatSync, ftruncateSync, futimesSync } from 'node:fs';
import { createDigest, digestOf, type Entry } from '@periodic-backup/protocol';
import { errorCode } from '../storage-errors.js';
import { storedDirectoryMode, storedFileMode } from './file-modes.js';
import { isSameMoment, looksSame } from './file-sameness.js';
import { fileTime } from './file-time.js';
import type { Tree } from './tree.js';
import { readFully, writeAll } from './write-all.js';

const BLOCK_BYTES = 1 << 20;
const WHILE_WRITTEN = 0o600;
/** Where the file system, the link limit or the mount forbids a link, a copy takes its place. */
const NO_LINK_HERE = new Set(['EMLINK', 'EXDEV', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

export type Shared = 'linked' | 'copied' | 'missing';

/** The files and directories of the coming snapshot: stores, shares with the snapshot before, copies, checks. */
export class SnapshotContent {
  readonly counts = { storedFiles: 0, storedBytes: 0, linkedFiles: 0, copiedFiles: 0 };
  private block: Buffer | null = null;

  constructor(
    readonly tree: Tree,
    private readonly previousTree: Tree | null,
    /** Says of a path whether the snapshot before holds it damaged: that is never shared. */
    private readonly isDamaged: (path: Buffer) => boolean = () => false,
  ) {}

  /** Makes a directory, or takes the one that an earlier session made. */
  makeDirectory(path: Buffer, sourceMode: number): void {
    const mode = storedDirectoryMode(sourceMode);
    try {
      if (path.length > 0) return this.tree.makeDirectory(path, mode);
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
      if (!this.tree.lstat(path)?.isDirectory()) {
        this.tree.remove(path);
        return this.tree.makeDirectory(path, mode);
      }
    }
    this.tree.chmod(path, mode);
  }

  /** Makes a file of its own; whatever an interrupted session left under its name goes. */
  create(path: Buffer, mode: number): number {
    try {
      return this.tree.create(path, mode);
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
      this.tree.remove(path);
      return this.tree.create(path, mode);
    }
  }

  /** Stores a whole file. On an error nothing of it stays. */
  store(entry: Entry, content: Buffer): void {
    const { path } = entry;
    const file = this.create(path, storedFileMode(entry.mode));
    let whole = false;
    try {
      this.tree.fault?.('write', path);
      if (content.length > 0) writeAll(file, content);
      const time = fileTime(entry.mtimeNs);
      futimesSync(file, time, time);
      whole = true;
    } finally {
      closeSync(file);
      if (!whole) this.tree.remove(path);
    }
    this.countStored(content.length);
  }

  countStored(bytes: number): void {
    this.counts.storedFiles++;
    this.counts.storedBytes += bytes;
  }

  /**
   * Takes a file's content from the snapshot before: by a link if content and all that the folder shows agree, else
   * by a copy whose digest is checked. `missing`: it is not there, or no longer what the manifest says as far as is known.
   */
  shareWithPrevious(previous: Entry, entry: Entry): Shared {
    if (this.previousTree === null || this.isDamaged(entry.path)) return 'missing';
    if (!looksSame(previous, entry)) return this.copyPrevious(previous, entry);
    try {
      this.link(this.previousTree, entry.path, entry.path);
      this.counts.linkedFiles++;
      return 'linked';
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return this.missingThere(entry.path, error);
      if (!NO_LINK_HERE.has(errorCode(error))) throw error;
      return this.copyPrevious(previous, entry);
    }
  }

  /** Gives a stored file of this snapshot another name; a copy where no link is possible. */
  shareWithin(entry: Entry, target: Buffer): void {
    try {
      this.link(this.tree, target, entry.path);
    } catch (error) {
      if (!NO_LINK_HERE.has(errorCode(error))) throw error;
      this.copy(this.tree, target, entry, null);
      this.counts.copiedFiles++;
    }
  }

  /** True if the tree holds this very content from an earlier session. After a power cut it may be zeros: it is read. */
  private holds(staged: Entry): boolean {
    const { digest } = staged;
    if (digest === null || this.tree.lstat(staged.path)?.isFile() !== true) return false;
    const file = this.tree.openToRead(staged.path);
    try {
      if (fstatSync(file).size !== staged.size) return false;
      if (staged.size <= BLOCK_BYTES) return digestOf(this.readBlock(file, 0)).equals(digest);
      const running = createDigest();
      for (let at = 0; at < staged.size; at += BLOCK_BYTES) running.update(this.readBlock(file, at));
      return running.finish().equals(digest);
    } finally {
      closeSync(file);
    }
  }

  /**
   * What the tree holds of a file from an earlier session. Null: all of it, as it is now. Else how many leading bytes of it
   * can be continued; if none, nothing of it stays.
   */
  takeStaged(staged: Entry, entry: Entry): number | null {
    if (isSameMoment(staged, entry)) {
      if (staged.digest === null) return this.stagedBytes(entry);
      if (!staged.changedWhileRead && looksSame(staged, entry) && this.holds(staged)) {
        this.countStored(entry.size);
        return null;
      }
    }
    this.tree.remove(entry.path);
    return 0;
  }

  private stagedBytes(entry: Entry): number {
    const stat = this.tree.lstat(entry.path);
    // A file with a second name may belong to a snapshot: never written to.
    if (stat?.isFile() && stat.nlink === 1 && stat.size <= entry.size) return stat.size;
    this.tree.remove(entry.path);
    return 0;
  }

  private link(source: Tree, sourcePath: Buffer, path: Buffer): void {
    try {
      this.tree.link(source, sourcePath, path);
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
      this.tree.remove(path);
      this.tree.link(source, sourcePath, path);
    }
  }

  private copyPrevious(previous: Entry, entry: Entry): Shared {
    try {
      if (!this.copy(this.previousTree as Tree, entry.path, entry, previous.digest)) return 'missing';
    } catch (error) {
      if (['ENOENT', 'ELOOP'].includes(errorCode(error))) return this.missingThere(entry.path, error);
      throw error;
    }
    this.counts.copiedFiles++;
    return 'copied';
  }

  /** ENOENT can mean the source (then its content is wanted anew) or our own tree, taken over (then all is over). */
  private missingThere(path: Buffer, error: unknown): 'missing' {
    if (this.previousTree?.lstat(path)?.isFile()) throw error;
    return 'missing';
  }

  /** False if the copy does not have the digest: it is removed then. */
  private copy(source: Tree, sourcePath: Buffer, entry: Entry, digest: Buffer | null): boolean {
    const from = source.openToRead(sourcePath);
    let whole = false;
    try {
      const to = this.create(entry.path, WHILE_WRITTEN);
      try {
        const running = createDigest();
        const size = this.copyBytes(from, to, entry.sparse, (bytes) => running.update(bytes));
        const copied = running.finish();
        whole = digest === null || copied.equals(digest);
        finishFile(to, entry, size);
      } finally {
        closeSync(to);
        if (!whole) this.tree.remove(entry.path);
      }
    } finally {
      closeSync(from);
    }
    return whole;
  }

  private copyBytes(from: number, to: number, sparse: boolean, onBytes: (bytes: Buffer) => void): number {
    for (let at = 0; ;) {
      const bytes = this.readBlock(from, at);
      onBytes(bytes);
      if (bytes.length > 0 && !(sparse && isZeros(bytes))) writeAll(to, bytes, at);
      at += bytes.length;
      if (bytes.length < BLOCK_BYTES) return at;
    }
  }

  private readBlock(file: number, at: number): Buffer {
    this.block ??= Buffer.allocUnsafe(BLOCK_BYTES);
    return this.block.subarray(0, readFully(file, this.block, at));
  }
}

/** Gives a file that is complete its length (it may end in a hole), its time and its mode. */
export function finishFile(file: number, entry: Entry, sizeBytes: number): void {
  ftruncateSync(file, sizeBytes);
  const time = fileTime(entry.mtimeNs);
  futimesSync(file, time, time);
  fchmodSync(file, storedFileMode(entry.mode));
}

function isZeros(bytes: Buffer): boolean {
  return bytes[0] === 0 && bytes.compare(bytes, 1, bytes.length, 0, bytes.length - 1) === 0;
}
