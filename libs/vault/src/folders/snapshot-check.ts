import { closeSync, fstatSync, type Stats } from 'node:fs';
import { comparePaths, type Entry } from '@periodic-backup/protocol';
import type { ManifestCursor } from '../manifest/manifest-cursor.js';
import type { Manifest } from '../manifest/manifest-reader.js';
import { DamagedError, errorCode } from '../storage-errors.js';
import type { VerifyProgress } from '../vault.js';
import type { ContentReader } from './content-reader.js';
import { entriesOf } from './entry-range.js';
import { FolderCensus } from './folder-census.js';
import { SnapshotFolder } from './snapshot-folder.js';
import type { VerifyFindings } from './verify-findings.js';

const MISSING = 'is missing';
/** A disk that fails at one place, or a folder whose modes were changed, says nothing about the rest. */
const CANNOT_BE_READ = new Set(['EIO', 'EACCES', 'EPERM', 'EUCLEAN', 'EBADMSG', 'EFSCORRUPTED', 'ENODATA']);

/** Content that was read at a path: the same path of another snapshot may lead to it, too. */
export interface ReadInode {
  readonly dev: number;
  readonly ino: number;
  /** What came out, or why nothing did. */
  readonly outcome: Buffer | string;
}

/** One snapshot on its way through a verification, entry by entry. */
export class SnapshotCheck {
  current: Entry | null;
  private readonly cursor: ManifestCursor;
  private finder: ManifestCursor | null = null;
  private readonly folder: SnapshotFolder;
  private readonly census: FolderCensus;

  constructor(
    private readonly snapshot: string,
    private readonly manifest: Manifest,
    folderPath: string,
    private readonly from: Buffer | null,
    private readonly work: { readonly reader: ContentReader; readonly findings: VerifyFindings },
  ) {
    this.cursor = manifest.cursor();
    if (from !== null) this.cursor.seek(from);
    this.current = this.cursor.current;
    this.folder = new SnapshotFolder(folderPath);
    this.census = new FolderCensus({
      folder: this.folder,
      progress: work.reader.progress,
      countChildren: (directory) => this.countChildren(directory),
      isKnown: (path) => this.find(path) !== null,
      onStranger: (path) => work.findings.isStrange(snapshot, path),
    });
  }

  advance(): void {
    try {
      this.cursor.advance();
      this.current = this.cursor.current;
    } catch (error) {
      if (!(error instanceof DamagedError)) throw error;
      this.work.findings.snapshotIsDamaged(this.snapshot, error.message);
      this.current = null;
    }
  }

  /** Compares the current entry with the folder. What has been read at its path stands in `read` and is not read again. */
  *check(read: ReadInode[]): Generator<VerifyProgress, void> {
    const entry = this.current as Entry;
    if (!isInFolder(entry)) return;
    const { findings } = this.work;
    const wrong = yield* this.whatIsWrong(entry, read);
    if (wrong === null) findings.entryIsWhole(this.snapshot, entry);
    else findings.entryIsDamaged(this.snapshot, entry, wrong);
    yield* this.census.add(entry, wrong !== MISSING);
  }

  /** `isEnd`: the range goes to the last entry. */
  *finish(isEnd: boolean): Generator<VerifyProgress, void> {
    yield* this.census.finish(isEnd);
  }

  close(): void {
    this.cursor.close();
    this.finder?.close();
  }

  private *whatIsWrong(entry: Entry, read: ReadInode[]): Generator<VerifyProgress, string | null> {
    try {
      switch (entry.kind) {
        case 'file':
          return yield* this.compareContent(entry.path, entry, read);
        case 'hardlink':
          return yield* this.compareHardLink(entry);
        case 'symlink':
          return this.compareSymlink(entry);
        default:
          return this.compareKind(entry.path, 'directory', (stat) => stat.isDirectory());
      }
    } catch (error) {
      const code = errorCode(error);
      if (!CANNOT_BE_READ.has(code)) throw error;
      return `cannot be read (${code})`;
    }
  }

  private *compareContent(
    path: Buffer,
    file: Entry,
    read: ReadInode[],
  ): Generator<VerifyProgress, string | null> {
    if (read.length > 0) {
      const stat = this.folder.lstat(path);
      if (stat === null) return MISSING;
      const same = read.find(({ dev, ino }) => dev === stat.dev && ino === stat.ino);
      if (same !== undefined) return differs(file, stat, same.outcome);
    }
    const opened = this.folder.open(path);
    if (opened === null) return this.folder.lstat(path) === null ? MISSING : 'is no file';
    try {
      const stat = fstatSync(opened);
      if (!stat.isFile()) return 'is no file';
      if (stat.size !== file.size) return differs(file, stat, '');
      const outcome = yield* this.contentOf(opened, stat);
      // Beyond 2^53 numbers stand for several inodes.
      if (Number.isSafeInteger(stat.ino)) read.push({ dev: stat.dev, ino: stat.ino, outcome });
      return differs(file, stat, outcome);
    } finally {
      closeSync(opened);
    }
  }

  private *contentOf(file: number, { size }: Stats): Generator<VerifyProgress, Buffer | string> {
    try {
      return yield* this.work.reader.digest(file, size);
    } catch (error) {
      const code = errorCode(error);
      if (!CANNOT_BE_READ.has(code)) throw error;
      return `cannot be read (${code})`;
    }
  }

  /** Usually the same inode as its first name, which was read when its turn came. */
  private *compareHardLink({ path, target }: Entry): Generator<VerifyProgress, string | null> {
    const first = target as Buffer;
    const stat = this.folder.lstat(path);
    if (stat === null) return MISSING;
    const wasRead = this.from === null || comparePaths(first, this.from) >= 0;
    const firstStat = wasRead ? this.folder.lstat(first) : null;
    if (firstStat !== null && firstStat.dev === stat.dev && firstStat.ino === stat.ino)
      return this.work.findings.isDamaged(this.snapshot, first)
        ? `shares its damaged content with "${first.toString()}"`
        : null;
    const file = this.find(first);
    if (file?.kind !== 'file' || file.digest === null) return null;
    return yield* this.compareContent(path, file, []);
  }

  private compareSymlink({ path, target }: Entry): string | null {
    const found = this.folder.readlink(path);
    if (found === null) return this.compareKind(path, 'symlink', (stat) => stat.isSymbolicLink());
    return found.equals(target as Buffer) ? null : 'leads elsewhere';
  }

  private compareKind(path: Buffer, kind: string, isKind: (stat: Stats) => boolean): string | null {
    const stat = this.folder.lstat(path);
    if (stat === null) return MISSING;
    return isKind(stat) ? null : `is no ${kind}`;
  }

  private find(path: Buffer): Entry | null {
    this.finder ??= this.manifest.cursor();
    this.finder.seek(path);
    const { current } = this.finder;
    return current?.path.equals(path) ? current : null;
  }

  private countChildren(directory: Buffer): number {
    this.finder ??= this.manifest.cursor();
    let children = 0;
    for (const entry of entriesOf(this.finder, { below: directory, from: null, depth: 'children' }))
      if (isInFolder(entry)) children++;
    return children;
  }
}

/** Special files, and files without content, are in the manifest only. */
function isInFolder({ kind, digest }: Entry): boolean {
  return kind === 'directory' || kind === 'symlink' || kind === 'hardlink' || digest !== null;
}

function differs(file: Entry, { size }: Stats, outcome: Buffer | string): string | null {
  if (size !== file.size) return `has ${size} bytes instead of ${file.size}`;
  if (typeof outcome === 'string') return outcome;
  return outcome.equals(file.digest as Buffer) ? null : 'has other content';
}
