import {
  ReadClientSession,
  ReadServerSession,
  SessionError,
  encodePreamble,
  encodeReadWelcome,
  type Entry,
  type Owners,
  type ReadOutcome,
  type ReadServerOptions,
  type Welcome,
} from '../src/index.js';
import type { MemorySource } from './memory-source.js';
import { SNAPSHOT } from './memory-source.js';

export const READ_HELLO = { ticket: 'pbk1.x.y', agent: 'test/1', digest: ['blake3'] };

/** What a reader got as the answer to one fetch. */
export interface FetchedFile {
  readonly status: ReadOutcome['status'];
  readonly outcome: ReadOutcome;
  /** Holes expanded; of an unreadable one the name of the error. */
  readonly content: Buffer;
  readonly holeBytes: number;
}

/** A reading client, what it sent and what it was told. */
export class RecordedReader {
  readonly sent: Buffer[] = [];
  readonly welcomes: Welcome[] = [];
  readonly opened: { receipt: unknown; owners: Owners }[] = [];
  readonly entries: Entry[] = [];
  readonly listed: boolean[] = [];
  readonly files: FetchedFile[] = [];
  readonly errors: SessionError[] = [];
  readonly session: ReadClientSession;
  private parts: Buffer[] = [];
  private holeBytes = 0;

  constructor() {
    this.session = new ReadClientSession((bytes) => this.sent.push(bytes), {
      onWelcome: (welcome) => this.welcomes.push(welcome),
      onOpened: (receipt, owners) => this.opened.push({ receipt, owners }),
      onEntry: (entry) => this.entries.push(entry),
      onListed: (more) => this.listed.push(more),
      onFile: (outcome, content) => this.note(outcome, Buffer.from(content)),
      onFileStart: () => ((this.parts = []), (this.holeBytes = 0)),
      onData: (part) => this.parts.push(Buffer.from(part)),
      onHole: (lengthBytes) => {
        this.holeBytes += lengthBytes;
        this.parts.push(Buffer.alloc(lengthBytes));
      },
      onFileEnd: (outcome) => this.note(outcome, Buffer.concat(this.parts), this.holeBytes),
      onError: (error) => this.errors.push(error),
    });
  }

  /** Past WELCOME, and what it sent for that dropped. */
  static welcomed(fetchWindow?: number): RecordedReader {
    const reader = new RecordedReader();
    reader.session.greet(READ_HELLO);
    reader.session.receive(Buffer.concat([encodePreamble(), encodeReadWelcome('s1', fetchWindow)]));
    reader.take();
    return reader;
  }

  fetch(...paths: string[]): this {
    for (const path of paths) this.session.fetch(Buffer.from(path, 'latin1'), 0, null);
    this.session.flush();
    return this;
  }

  /** The bytes sent since the last call. */
  take(): Buffer {
    return Buffer.concat(this.sent.splice(0));
  }

  private note(outcome: ReadOutcome, content: Buffer, holeBytes = 0): void {
    this.files.push({ status: outcome.status, outcome, content, holeBytes });
  }
}

/** A reader and a server session with nothing but memory between. */
export class ReadingPair {
  readonly reader: RecordedReader;
  readonly server: ReadServerSession;
  readonly answered: Buffer[] = [];

  constructor(
    readonly source: MemorySource,
    options: Partial<ReadServerOptions> = {},
  ) {
    this.reader = RecordedReader.welcomed(options.fetchWindow);
    this.server = new ReadServerSession({ source, send: (frame) => this.answered.push(frame), ...options });
  }

  /** With the snapshot open. */
  static open(source: MemorySource, options: Partial<ReadServerOptions> = {}): ReadingPair {
    const pair = new ReadingPair(source, options);
    pair.reader.session.openSnapshot(SNAPSHOT);
    pair.settle();
    return pair;
  }

  /** Carries bytes to and fro until neither side has anything to say. */
  settle(): this {
    do {
      this.server.receive(this.reader.take());
      this.server.produce();
      for (const frame of this.answered.splice(0)) {
        this.reader.session.receive(frame);
        this.server.left(frame.length);
      }
    } while (this.server.wantsToSend || this.reader.sent.length > 0);
    return this;
  }
}
