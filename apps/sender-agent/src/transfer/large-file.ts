import { closeSync, readSync } from 'node:fs';
import { createDigest, type Digest, type ReadOutcome } from '@periodic-backup/protocol';
import { errnoOf } from '@periodic-backup/local-files';
import { sameState, type FileState } from './file-state.js';
import type { SourceFiles } from './source-files.js';

/** Content goes out in pieces of this size, the cap of a DATA frame. */
export const DATA_BYTES = 1_048_576;
/** A run of zeros from this length on is a hole; holes are looked for in steps of it. */
export const HOLE_BYTES = 65_536;

/** Zeros read in one go before the event loop gets a turn. */
const HOLES_AT_ONCE_BYTES = 64 * HOLE_BYTES;

const ZEROS = Buffer.alloc(HOLE_BYTES);

/** Where the pieces of a large file go. `data` takes the first `length` bytes of the piece, at most once per call. */
export interface ContentTarget {
  data(length: number): void;
  hole(length: number): void;
}

/**
 * Reads one large file piece by piece, hashing as it goes. What lies before `offset` is hashed only. A file that
 * is written meanwhile ends as `changed`: its first bytes are on the wire already and version 1 of the protocol
 * cannot begin again within one answer; the next run fetches it anew.
 */
export class LargeFile {
  readonly #descriptor: number;
  readonly #before: FileState;
  readonly #digest: Digest;
  #position = 0;
  #pendingHole = 0;
  #ended = false;

  /** @throws the system's error; ENOENT too if something else than a file stands there now */
  constructor(
    private readonly files: SourceFiles,
    path: Buffer,
    readonly sparse: boolean,
  ) {
    this.#descriptor = files.openSafely(path);
    try {
      const state = files.look(this.#descriptor);
      if (!state) throw Object.assign(new Error('no longer a regular file'), { code: 'ENOENT' });
      this.#before = state;
    } catch (error) {
      closeSync(this.#descriptor);
      throw error;
    }
    this.#digest = createDigest();
  }

  /** As the file was when reading began. */
  get state(): FileState {
    return this.#before;
  }
  get position(): number {
    return this.#position;
  }

  /** Hashes the next piece before `offset`, with `piece` as working memory. True while more lies before it. */
  skip(piece: Buffer, offset: number): boolean {
    const bytes = this.#read(piece, 0, Math.min(piece.length, offset - this.#position));
    this.#digest.update(piece.subarray(0, bytes));
    return bytes > 0 && this.#position < offset;
  }

  /** Reads the next piece into `piece` and passes it on. True while more is to come. */
  send(piece: Buffer, target: ContentTarget): boolean {
    const more = this.sparse ? this.#sendSparse(piece, target) : this.#sendPlain(piece, target);
    if (!more && this.#pendingHole > 0) this.#flushHole(target);
    return more;
  }

  #sendPlain(piece: Buffer, target: ContentTarget): boolean {
    const bytes = this.#read(piece, 0, Math.min(piece.length, this.#before.size - this.#position));
    if (bytes === 0) return false;
    this.#digest.update(piece.subarray(0, bytes));
    target.data(bytes);
    return this.#position < this.#before.size;
  }

  /** Collects steps that hold data until the piece is full or a hole begins: one piece of data a call. */
  #sendSparse(piece: Buffer, target: ContentTarget): boolean {
    let filled = 0;
    while (filled + HOLE_BYTES <= piece.length) {
      const left = this.#before.size - this.#position;
      const bytes = this.#read(piece, filled, Math.min(HOLE_BYTES, left));
      if (bytes === 0) break;
      const step = piece.subarray(filled, filled + bytes);
      this.#digest.update(step);
      if (bytes === HOLE_BYTES && step.equals(ZEROS)) {
        this.#pendingHole += bytes;
        if (filled > 0) {
          target.data(filled);
          return true;
        }
        // A hole may be endless: others get their turn.
        if (this.#pendingHole % HOLES_AT_ONCE_BYTES === 0) return true;
      } else {
        this.#flushHole(target);
        filled += bytes;
      }
    }
    if (filled > 0) target.data(filled);
    return this.#position < this.#before.size && filled > 0;
  }

  #flushHole(target: ContentTarget): void {
    if (this.#pendingHole > 0) target.hole(this.#pendingHole);
    this.#pendingHole = 0;
  }

  /** How reading ended. Closes the file. */
  finish(): ReadOutcome {
    const after = this.files.look(this.#descriptor);
    const whole = after !== null && sameState(this.#before, after) && this.#position === this.#before.size;
    const digest = this.#close();
    return this.#outcome(whole ? 'whole' : 'changed', digest);
  }

  /** Gives the file up after a read error. Closes the file. */
  fail(): ReadOutcome {
    const digest = this.#close();
    return this.#outcome('unreadable', digest.fill(0));
  }

  /** Lets go of the file if {@link finish} was not reached. */
  close(): void {
    if (!this.#ended) this.#close();
  }

  #outcome(status: ReadOutcome['status'], digest: Buffer): ReadOutcome {
    const { mtimeNs, ctimeNs } = this.#before;
    return { status, size: this.#position, mtimeNs, ctimeNs, digest };
  }

  #close(): Buffer {
    this.#ended = true;
    closeSync(this.#descriptor);
    return this.#digest.finish();
  }

  #read(piece: Buffer, at: number, length: number): number {
    if (length <= 0) return 0;
    try {
      const bytes = readSync(this.#descriptor, piece, at, length, this.#position);
      this.#position += bytes;
      return bytes;
    } catch (error) {
      throw new ReadFailed(errnoOf(error), error);
    }
  }
}

/** The content of an open file could not be read. */
export class ReadFailed extends Error {
  override readonly name = 'ReadFailed';
  constructor(
    readonly errno: string,
    cause: unknown,
  ) {
    super(`Reading failed with ${errno}.`, { cause });
  }
}
