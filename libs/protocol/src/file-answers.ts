import { ContentSender } from './content-sender.js';
import { DIGEST_BYTES, digestOf } from './digest.js';
import type { Entry } from './entry.js';
import { SessionError } from './errors.js';
import type { FetchItem } from './fetch-frame.js';
import { encodeFileEnd, encodeFileStart } from './file-frames.js';
import { FilesBatch } from './files-batch.js';
import { MAX_SMALL_FILE_BYTES } from './files-frame.js';
import { FrameMemory } from './frame-memory.js';
import type { ReadOutcome } from './snapshot-sink.js';
import type { OpenSnapshot } from './snapshot-source.js';

const NO_DIGEST = Buffer.alloc(DIGEST_BYTES);
const EMPTY_DIGEST = digestOf(Buffer.alloc(0));
/** Room for the name of an error. */
const ERROR_NAME_BYTES = 64;

interface Long {
  readonly id: number;
  readonly outcome: ReadOutcome;
  readonly content: ContentSender;
}

/** Answers FETCH items: small contents by the batch, a longer one in pieces. SPEC.md §8. */
export class FileAnswers {
  private readonly batch = new FilesBatch();
  private readonly memory = new FrameMemory();
  private long: Long | null = null;

  constructor(private readonly send: (frame: Buffer) => void) {}

  /** True while a long file is under way: {@link step} until it is not. */
  get within(): boolean {
    return this.long !== null;
  }

  /** Answers an item or begins to. @throws SessionError what the snapshot says of itself as a whole */
  begin(snapshot: OpenSnapshot, item: FetchItem): void {
    const found = snapshot.find(item.path);
    const file = found?.kind === 'hardlink' ? snapshot.find(found.target as Buffer) : found;
    if (file?.kind !== 'file') return this.answerWithout(item.id, 'vanished', '');
    const digest = file.digest ?? (file.size === 0 ? EMPTY_DIGEST : null);
    if (file.unreadable || digest === null) return this.answerWithout(item.id, 'unreadable', 'UNREADABLE');
    const rest = Math.max(0, file.size - item.offset);
    const bytes = item.lengthBytes === null ? rest : Math.min(rest, item.lengthBytes);
    if (bytes > MAX_SMALL_FILE_BYTES) this.beginLong(snapshot, file, digest, item, bytes);
    else this.answerSmall(snapshot, file, digest, item, bytes);
  }

  /** Sends the next piece of the long file. */
  step(): void {
    const long = this.long as Long;
    try {
      if (long.content.step()) this.endLong(long, { ...long.outcome, size: long.content.reached });
    } catch (cause) {
      errorNameOf(cause);
      long.content.flush();
      this.endLong(long, { ...withoutContent('unreadable'), size: long.content.reached });
    }
  }

  /** Sends what is in the batch. */
  flush(): void {
    if (this.batch.count > 0) this.send(this.batch.take());
  }

  /** Memory of a frame that nobody reads any more. */
  giveBack(memory: ArrayBuffer): void {
    this.memory.giveBack(memory);
    this.batch.recycle(Buffer.from(memory));
  }

  private answerSmall(
    snapshot: OpenSnapshot,
    file: Entry,
    digest: Buffer,
    { id, offset }: FetchItem,
    bytes: number,
  ): void {
    const place = this.reserve(bytes);
    try {
      if (bytes > 0 && snapshot.read(file, place, offset) < bytes)
        throw new SessionError('DAMAGED', 'A file of the snapshot is shorter than its manifest says.');
    } catch (cause) {
      return this.answerWithout(id, 'unreadable', errorNameOf(cause));
    }
    this.batch.settle(id, outcomeOf(file, digest, bytes), bytes);
  }

  private answerWithout(id: number, status: 'unreadable' | 'vanished', errorName: string): void {
    const bytes = this.reserve(ERROR_NAME_BYTES).write(errorName, 'latin1');
    this.batch.settle(id, withoutContent(status), bytes);
  }

  private reserve(bytes: number): Buffer {
    const place = this.batch.reserve(bytes);
    if (place) return place;
    this.flush();
    return this.batch.reserve(bytes) as Buffer;
  }

  private beginLong(
    snapshot: OpenSnapshot,
    file: Entry,
    digest: Buffer,
    { id, offset }: FetchItem,
    bytes: number,
  ): void {
    this.flush();
    const outlet = { memory: this.memory, send: this.send };
    const content = new ContentSender(snapshot, file, offset, offset + bytes, outlet);
    this.long = { id, outcome: outcomeOf(file, digest, bytes), content };
    this.send(encodeFileStart(id, offset));
  }

  private endLong(long: Long, outcome: ReadOutcome): void {
    this.long = null;
    this.send(encodeFileEnd(long.id, outcome));
  }
}

function outcomeOf(file: Entry, digest: Buffer, size: number): ReadOutcome {
  return { status: 'whole', size, mtimeNs: file.mtimeNs, ctimeNs: file.ctimeNs, digest };
}

function withoutContent(status: 'unreadable' | 'vanished'): ReadOutcome {
  return { status, size: 0, mtimeNs: 0n, ctimeNs: 0n, digest: NO_DIGEST };
}

/** What the vault says of one file concerns that file only; anything else is a defect and ends the session. */
function errorNameOf(cause: unknown): string {
  if (cause instanceof SessionError && (cause.code === 'DAMAGED' || cause.code === 'STORAGE_FAILED'))
    return cause.code;
  throw cause;
}
