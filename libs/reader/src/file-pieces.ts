import {
  FileUnavailableError,
  type FileOutcome,
  type FileTaker,
  type FileWant,
  type ReadPiece,
} from './file-taker.js';

/** This much may wait for the consumer before the connection is held. */
const MOST_WAITING_BYTES = 1024 * 1024;
/** What a piece costs beside its bytes. */
const PIECE_BYTES = 128;

/** Turns one file that is handed over into pieces that are asked for. */
export class FilePieces implements FileTaker, AsyncIterable<ReadPiece> {
  /** Everything was handed over, good or bad: the connection is free for the next. */
  isOver = false;
  readonly #waiting: ReadPiece[] = [];
  #waitingBytes = 0;
  #error: Error | null = null;
  #arrived: () => void = () => undefined;
  #caughtUp: (() => void) | null = null;

  whole(want: FileWant, content: Buffer): Promise<void> | undefined {
    return content.length === 0 ? undefined : this.bytes(want, content);
  }

  begin(): void {
    // What begins shows with its first piece.
  }

  bytes(_want: FileWant, piece: Buffer): Promise<void> | undefined {
    // Copied: consumers such as streams keep pieces for longer than a turn.
    return this.#add({ bytes: Buffer.from(piece) });
  }

  hole(_want: FileWant, lengthBytes: number): Promise<void> | undefined {
    return this.#add({ holeBytes: lengthBytes });
  }

  end(want: FileWant, { digestMatches }: FileOutcome): void {
    if (digestMatches === false) this.fail(new FileUnavailableError('DIGEST_MISMATCH', want.path));
  }

  failed(want: FileWant, code: FileUnavailableError['code']): void {
    this.fail(new FileUnavailableError(code, want.path));
  }

  fail(error: Error): void {
    this.#error ??= error;
  }

  /** Nothing more comes. */
  finish(): void {
    this.isOver = true;
    this.#arrived();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ReadPiece, void> {
    for (;;) {
      const piece = this.#waiting.shift();
      if (piece) {
        this.#waitingBytes -= weightOf(piece);
        if (this.#waitingBytes <= MOST_WAITING_BYTES / 2) this.#letGoOn();
        yield piece;
      } else if (this.isOver) {
        if (this.#error !== null) throw this.#error;
        return;
      } else {
        await new Promise<void>((resolve) => (this.#arrived = resolve));
      }
    }
  }

  #add(piece: ReadPiece): Promise<void> | undefined {
    this.#waiting.push(piece);
    this.#waitingBytes += weightOf(piece);
    this.#arrived();
    if (this.#waitingBytes < MOST_WAITING_BYTES || this.#caughtUp) return undefined;
    return new Promise((resolve) => (this.#caughtUp = resolve));
  }

  #letGoOn(): void {
    this.#caughtUp?.();
    this.#caughtUp = null;
  }
}

/** Bytes that a piece holds in memory, about. */
function weightOf(piece: ReadPiece): number {
  return (piece.bytes?.length ?? 0) + PIECE_BYTES;
}
