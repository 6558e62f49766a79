import { closeSync, fstatSync } from 'node:fs';
import type { Receipt } from '@periodic-backup/contracts';
import type { Entry } from '@periodic-backup/protocol';
import type { Manifest } from '../manifest/manifest-reader.js';
import type { ManifestCursor } from '../manifest/manifest-cursor.js';
import { DamagedError, NotFoundError, shownPath, storageError } from '../storage-errors.js';
import type { EntryRange, SnapshotReading } from '../vault.js';
import type { SnapshotFolder } from './snapshot-folder.js';
import type { SnapshotLease } from './snapshot-lease.js';
import type { SoundManifest } from './sound-manifest.js';
import { entriesOf } from './entry-range.js';
import { readFully } from './write-all.js';

/** An open snapshot of a folders vault. */
export class FolderReading implements SnapshotReading {
  readonly receipt: Receipt;
  readonly users: Readonly<Record<string, string>>;
  readonly groups: Readonly<Record<string, string>>;
  private readonly manifest: Manifest;
  private readonly cursors = new Set<ManifestCursor>();
  private finder: ManifestCursor | null = null;
  /** The file read last: most are read in several calls. */
  private file = -1;
  private filePath: Buffer | null = null;

  constructor(
    { manifest, receipt }: SoundManifest,
    private readonly folder: SnapshotFolder,
    private readonly lease: SnapshotLease,
    /** Says what a verification found of a path, null if nothing. */
    private readonly knownDamage: (path: Buffer) => string | null,
  ) {
    this.manifest = manifest;
    this.receipt = receipt;
    this.users = manifest.footer.users;
    this.groups = manifest.footer.groups;
  }

  *entries(range: EntryRange): Generator<Entry> {
    const cursor = this.openCursor();
    try {
      for (const entry of entriesOf(cursor, range)) {
        this.lease.showLife();
        yield entry;
      }
    } finally {
      cursor.close();
      this.cursors.delete(cursor);
    }
  }

  find(path: Buffer): Entry | null {
    this.lease.showLife();
    this.finder ??= this.openCursor();
    this.finder.seek(path);
    const { current } = this.finder;
    return current?.path.equals(path) ? current : null;
  }

  read(entry: Entry, into: Buffer, offset: number): number {
    this.lease.showLife();
    const file = this.fileOf(entry);
    if (!this.filePath?.equals(file.path)) this.openFile(file);
    const wanted = into.subarray(0, Math.max(0, Math.min(into.length, file.size - offset)));
    try {
      const bytes = readFully(this.file, wanted, offset);
      if (bytes < wanted.length) throw damaged(file.path, 'it is shorter than its manifest says');
      return bytes;
    } catch (cause) {
      throw storageError(cause, `read ${shownPath(file.path)}`);
    }
  }

  close(): void {
    for (const cursor of this.cursors) cursor.close();
    this.cursors.clear();
    this.finder = null;
    this.closeFile();
    this.lease.release();
  }

  private openCursor(): ManifestCursor {
    const cursor = this.manifest.cursor();
    this.cursors.add(cursor);
    return cursor;
  }

  /** The entry that has the content. */
  private fileOf(entry: Entry): Entry {
    const file = entry.kind === 'hardlink' ? this.find(entry.target as Buffer) : entry;
    if (file?.kind === 'file' && file.digest !== null) return file;
    throw new NotFoundError(`The snapshot has no content of ${shownPath(entry.path)}.`);
  }

  private openFile({ path, size }: Entry): void {
    this.closeFile();
    const known = this.knownDamage(path);
    if (known !== null) throw damaged(path, `a verification found that it ${known}`);
    try {
      const file = this.folder.open(path);
      if (file === null) throw damaged(path, 'it is not there');
      this.file = file;
      const stat = fstatSync(file);
      if (!stat.isFile()) throw damaged(path, 'it is no file');
      if (stat.size < size) throw damaged(path, `it has ${stat.size} of ${size} bytes`);
      this.filePath = Buffer.from(path);
    } catch (cause) {
      this.closeFile();
      throw storageError(cause, `read ${shownPath(path)}`);
    }
  }

  private closeFile(): void {
    if (this.file >= 0) closeSync(this.file);
    this.file = -1;
    this.filePath = null;
  }
}

function damaged(path: Buffer, how: string): DamagedError {
  return new DamagedError(`The vault does not hold ${shownPath(path)} as it was backed up: ${how}.`);
}
