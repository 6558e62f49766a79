import type { FileFailure, FileOutcome, FileTaker, FileWant } from '../src/index.js';

/** Remembers what it is handed, holes expanded. */
export class RecordingTaker implements FileTaker {
  readonly contents = new Map<string, Buffer>();
  readonly failures = new Map<string, FileFailure>();
  readonly outcomes = new Map<string, FileOutcome>();
  readonly order: string[] = [];
  holeBytes = 0;
  #parts: Buffer[] = [];

  whole(want: FileWant, content: Buffer, outcome: FileOutcome): void {
    this.#note(want, Buffer.from(content), outcome);
  }

  begin(): void {
    this.#parts = [];
  }

  bytes(_want: FileWant, piece: Buffer): void {
    this.#parts.push(Buffer.from(piece));
  }

  hole(_want: FileWant, lengthBytes: number): void {
    this.holeBytes += lengthBytes;
    this.#parts.push(Buffer.alloc(lengthBytes));
  }

  end(want: FileWant, outcome: FileOutcome): void {
    this.#note(want, Buffer.concat(this.#parts), outcome);
  }

  failed(want: FileWant, code: FileFailure): void {
    this.order.push(want.path.toString());
    this.failures.set(want.path.toString(), code);
  }

  #note({ path }: FileWant, content: Buffer, outcome: FileOutcome): void {
    this.order.push(path.toString());
    this.contents.set(path.toString(), content);
    this.outcomes.set(path.toString(), outcome);
  }
}
