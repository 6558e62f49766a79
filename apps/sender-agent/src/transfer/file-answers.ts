import {
  FILES_ITEM_BYTES,
  FilesBatch,
  MAX_SMALL_FILE_BYTES,
  type BackupClientSession,
  type ReadOutcome,
} from '@periodic-backup/protocol';
import { errnoOf, isGone } from '@periodic-backup/local-files';
import type { TransmittedFiles } from '../after-transmit/transmitted-files.js';
import type { DataRing } from './data-ring.js';
import type { FileState } from './file-state.js';
import type { FilesFrames } from './files-frames.js';
import { LargeFile, ReadFailed } from './large-file.js';
import type { OpenEntries, OpenFile, Want } from './open-entries.js';
import { readSmallFile } from './read-small-file.js';
import type { RunTally } from './run-tally.js';
import type { Pace } from './pace.js';
import type { SourceFiles } from './source-files.js';

const NO_DIGEST = Buffer.alloc(32);
/** A small file with all that goes with it; also the least piece of a large one that is worth a frame. */
const LEAST_ROOM_BYTES = FILES_ITEM_BYTES + MAX_SMALL_FILE_BYTES;

interface LargeAnswer {
  readonly want: Want;
  readonly file: LargeFile;
  /** Hashed only up to here. */
  readonly skipTo: number;
  started: boolean;
}

export interface AnswerParts {
  readonly session: BackupClientSession;
  readonly open: OpenEntries;
  readonly source: SourceFiles;
  readonly ring: DataRing;
  readonly frames: FilesFrames;
  readonly pace: Pace;
  readonly tally: RunTally;
  /** Takes what was sent as it is, for the rule after the receipt; null for `keep`. */
  readonly transmitted: TransmittedFiles | null;
}

/** Answers the receiver's requests for content, one after the other. SPEC.md §5.3. */
export class FileAnswers {
  readonly #batch = new FilesBatch();
  readonly #failed = new Set<number>();
  #large: LargeAnswer | null = null;

  constructor(private readonly parts: AnswerParts) {}

  /** Files answered as unreadable or changed: the receiver compares the number at COMMIT. */
  get problems(): number {
    return this.#failed.size;
  }

  /** The content window leaves room for whatever comes next; if not, {@link flush} and wait. SPEC.md §5.5. */
  get hasRoom(): boolean {
    const large = this.#large;
    if (large && (large.want.what === 'digest' || large.file.position < large.skipTo)) return true;
    return this.#roomBytes >= LEAST_ROOM_BYTES;
  }

  /** A large file is under way: nothing else may be sent before {@link goOn} has ended it. */
  get busy(): boolean {
    return this.#large !== null;
  }

  /** Answers a small file at once; begins a large one. */
  answer(want: Want): void {
    const { entry } = want.file.walked;
    this.parts.tally.currentPath = entry.path;
    if (want.again) this.#retract(want.file);
    if (entry.size > MAX_SMALL_FILE_BYTES || want.offset > 0) this.#beginLarge(want);
    else this.#answerSmall(want);
  }

  /** Sends the next piece of the large file; does nothing while every buffer is still with the socket. */
  goOn(): void {
    const large = this.#large;
    const place = large && this.parts.ring.acquire();
    if (!large || !place) return;
    const piece = place.subarray(0, Math.min(this.parts.pace.frameBytes, this.#roomBytes));
    try {
      const before = large.file.position;
      const more = large.file.position < large.skipTo ? this.#skip(large, piece) : this.#send(large, piece);
      this.parts.tally.bytesRead += large.file.position - before;
      if (!large.want.again) this.parts.tally.openFileBytes = large.file.position;
      if (!more) this.#endLarge(large);
    } catch (error) {
      if (!(error instanceof ReadFailed)) throw error;
      this.#failLarge(large, error.errno);
    }
  }

  /** Puts collected small files on the wire. */
  flush(): void {
    if (this.#batch.count > 0) this.parts.frames.send(this.#batch, this.parts.session);
  }

  close(): void {
    this.#large?.file.close();
    this.#large = null;
  }

  /** What the window leaves once the batch is sent. */
  get #roomBytes(): number {
    return this.parts.session.contentRoomBytes - this.#batch.bytes;
  }

  #answerSmall(want: Want): void {
    const { file } = want;
    const target = this.#reserve();
    const read = readSmallFile(this.parts.source, file, target);
    switch (read.status) {
      case 'large':
        this.#beginLarge(want);
        return;
      case 'failed':
        this.#settleFailed(want, read.errno, target);
        return;
      case 'whole':
      case 'changed': {
        const { state, digest, content } = read;
        const status = want.what === 'digest' ? 'digest-only' : read.status;
        const outcome = { ...state, status, digest, size: content.length } as const;
        this.parts.tally.bytesRead += content.length;
        this.#batch.settle(file.ordinal, outcome, want.what === 'digest' ? 0 : content.length);
        this.#settled(want, outcome, read.status === 'whole' ? state : null);
        if (this.#batch.bytes >= this.parts.pace.frameBytes) this.flush();
      }
    }
  }

  #beginLarge(want: Want): void {
    const { entry } = want.file.walked;
    try {
      const file = new LargeFile(this.parts.source, entry.path, entry.sparse);
      const { size } = file.state;
      // A file that is shorter now than what is staged of it begins anew.
      const skipTo = want.what === 'digest' ? size : want.offset <= size ? want.offset : 0;
      this.#large = { want, file, skipTo, started: false };
    } catch (error) {
      this.#settleFailed(want, errnoOf(error), this.#reserve());
    }
  }

  #skip({ file, skipTo, want }: LargeAnswer, piece: Buffer): boolean {
    const more = file.skip(piece, skipTo);
    if (!more && file.position < skipTo && want.what === 'content')
      throw new ReadFailed('EIO', new Error('The file became shorter than what is staged of it.'));
    return more || want.what === 'content';
  }

  #send(large: LargeAnswer, piece: Buffer): boolean {
    const { session, ring } = this.parts;
    const { ordinal } = large.want.file;
    if (large.want.what === 'digest') return false;
    if (!large.started) {
      this.flush();
      session.startFile(ordinal, large.skipTo);
      large.started = true;
    }
    return large.file.send(piece, {
      data: (length) => ring.send(length, (frame) => session.sendData(frame)),
      hole: (length) => session.sendHole(length),
    });
  }

  #endLarge({ want, file }: LargeAnswer): void {
    this.#large = null;
    const read = file.finish();
    if (want.what === 'digest') {
      this.#reserve();
      this.#batch.settle(want.file.ordinal, { ...read, status: 'digest-only' }, 0);
      this.#settled(want, { ...read, status: 'digest-only' }, read.status === 'whole' ? file.state : null);
    } else {
      this.parts.session.endFile(want.file.ordinal, read);
      this.#settled(want, read, read.status === 'whole' ? file.state : null);
    }
  }

  #failLarge({ want, file, started }: LargeAnswer, errno: string): void {
    this.#large = null;
    const outcome = file.fail();
    if (!started) {
      this.#settleFailed(want, errno, this.#reserve());
      return;
    }
    this.parts.session.endFile(want.file.ordinal, outcome);
    this.#problem(want.file, errno);
    this.#settled(want, outcome, null);
  }

  /** Settles a file that could not be read: vanished, or unreadable with its errno as content. */
  #settleFailed(want: Want, errno: string, target: Buffer): void {
    const { file } = want;
    const { mtimeNs, ctimeNs } = file.walked.entry;
    // A link in its place means that the file itself has gone.
    const vanished = isGone(errno) || errno === 'ELOOP';
    const status = vanished ? 'vanished' : 'unreadable';
    const outcome = { status, size: 0, mtimeNs, ctimeNs, digest: NO_DIGEST } as const;
    this.#batch.settle(file.ordinal, outcome, vanished ? 0 : target.write(errno, 'latin1'));
    if (vanished)
      this.parts.tally.note(file.walked.entry.path, 'VANISHED', 'it was removed before it was read');
    else this.#problem(file, errno);
    this.#settled(want, outcome, null);
  }

  /** @param unchanged the state that was sent whole, if so */
  #settled(want: Want, outcome: ReadOutcome, unchanged: FileState | null): void {
    const { open, tally, transmitted } = this.parts;
    const { file } = want;
    if (outcome.status === 'changed')
      this.#problem(file, 'CHANGED', 'it was written while it was read; the next run sends it again');
    if (!want.again) tally.finishedFile(file.walked.entry.size);
    if (want.what === 'digest' || want.offset > 0) open.keepForRepeat(file);
    if (unchanged && transmitted)
      transmitted.add({
        path: file.walked.entry.path,
        kind: 'file',
        linked: file.walked.linked,
        ...unchanged,
      });
  }

  #problem(file: OpenFile, code: string, message?: string): void {
    this.#failed.add(file.ordinal);
    this.parts.tally.problem(file.walked.entry.path, code, message);
  }

  /** Forgets the problem of an answer that is asked for again. */
  #retract(file: OpenFile): void {
    if (this.#failed.delete(file.ordinal)) this.parts.tally.retract(file.walked.entry.path);
  }

  #reserve(): Buffer {
    const target = this.#batch.reserve(MAX_SMALL_FILE_BYTES);
    if (target) return target;
    this.flush();
    const afresh = this.#batch.reserve(MAX_SMALL_FILE_BYTES);
    if (!afresh) throw new Error('An empty batch has no room for one small file.');
    return afresh;
  }
}
