import { closeSync, constants, openSync } from 'node:fs';
import {
  ENTRY_MAX_BYTES,
  decodeEntry,
  encodeEntry,
  type Digest,
  type Entry,
} from '@periodic-backup/protocol';
import { readFully, writeAll } from '../folders/write-all.js';

const READ_BYTES = 256 * 1024;
const WRITE_BYTES = 64 * 1024;
const NO_PATH = Buffer.alloc(0);

export interface EntryListRange {
  /** First byte of the first record. */
  readonly start: number;
  /** First byte behind the last record; null: to the end of the file. */
  readonly end: number | null;
}

/**
 * Reads entry records one after the other in constant memory. What follows a record that makes no sense is not
 * read: `damaged` is true then (a torn end is what a crash leaves; in a committed manifest it is a fault).
 */
export class EntryListReader {
  /** The entry at the reader's place, null behind the last one. */
  current: Entry | null = null;
  damaged = false;

  private readonly buffer = Buffer.allocUnsafe(READ_BYTES);
  private window = this.buffer.subarray(0, 0);
  private at = 0;
  private nextRead: number;
  private readonly end: number;
  private previousPath: Buffer = NO_PATH;

  private constructor(
    private file: number,
    range: EntryListRange,
    private readonly digest: Digest | null,
  ) {
    this.nextRead = range.start;
    this.end = range.end ?? Number.MAX_SAFE_INTEGER;
    this.advance();
  }

  /** Opens a list at its first entry. Bytes read are added to `digest`. The caller closes the reader. */
  static open(path: string, range: EntryListRange, digest: Digest | null = null): EntryListReader {
    const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      return new EntryListReader(file, range, digest);
    } catch (error) {
      closeSync(file);
      throw error;
    }
  }

  /** Moves on to the next entry. */
  advance(): void {
    if (this.window.length - this.at < ENTRY_MAX_BYTES && this.nextRead < this.end) this.fill();
    if (this.damaged || this.at === this.window.length) {
      this.current = null;
      return;
    }
    try {
      const { entry, end } = decodeEntry(this.window, this.at, this.previousPath);
      this.current = entry;
      this.at = end;
      this.previousPath = entry.path;
    } catch {
      this.damaged = true;
      this.current = null;
    }
  }

  /** Safe to repeat. */
  close(): void {
    if (this.file >= 0) closeSync(this.file);
    this.file = -1;
  }

  private fill(): void {
    const kept = this.buffer.copy(this.buffer, 0, this.at, this.window.length);
    const wanted = Math.min(this.buffer.length - kept, this.end - this.nextRead);
    const fresh = this.buffer.subarray(kept, kept + wanted);
    const read = readFully(this.file, fresh, this.nextRead);
    this.digest?.update(fresh.subarray(0, read));
    this.nextRead = read < wanted ? this.end : this.nextRead + read;
    this.window = this.buffer.subarray(0, kept + read);
    this.at = 0;
  }
}

/** Writes entry records one after the other to a new file. Owned by one session. */
export class EntryListWriter {
  private readonly buffer = Buffer.allocUnsafe(WRITE_BYTES);
  private filled = 0;
  private previousPath: Buffer = NO_PATH;
  private file: number;

  /** @throws EEXIST */
  constructor(path: string) {
    this.file = openSync(path, 'wx', 0o600);
  }

  /** Records may come in any order; they are short if neighbours share the beginning of their paths. */
  add(entry: Entry): void {
    let end = encodeEntry(entry, this.previousPath, this.buffer, this.filled);
    if (end < 0) {
      this.flush();
      end = encodeEntry(entry, this.previousPath, this.buffer, this.filled);
    }
    this.filled = end;
    this.previousPath = entry.path;
  }

  /** Hands what was added to the operating system: a crash of this process does not lose it. */
  flush(): void {
    if (this.filled > 0) writeAll(this.file, this.buffer.subarray(0, this.filled));
    this.filled = 0;
  }

  /** Safe to repeat; what was not flushed is dropped. */
  close(): void {
    if (this.file >= 0) closeSync(this.file);
    this.file = -1;
  }
}
