import { digestOf, type Entry, type ReadOutcome, type SnapshotSink } from '@periodic-backup/protocol';
import type { MemorySource } from './memory-source.js';

/** Larger files go in parts, as on the wire. */
const SMALL_FILE_BYTES = 65_536;
const PART_BYTES = 300_000;
const NO_DIGEST = Buffer.alloc(32);
const NOTHING = Buffer.alloc(0);

export interface DriveOptions {
  /** Entries offered before what they need is answered; 500 unless told. */
  readonly entriesPerRound?: number;
  /** How the reading of files ends, by path. */
  readonly outcomes?: Readonly<Record<string, 'unreadable' | 'vanished' | 'changed'>>;
  /** Goes away after so many bytes of content, in the middle of a file if need be. */
  readonly stopAfterBytes?: number;
  /** Content that a damaged wire delivers, by path; the digest stays that of the source. */
  readonly damaged?: Readonly<Record<string, Buffer>>;
}

export interface Driven {
  readonly wanted: { path: string; what: 'content' | 'digest'; offset: number }[];
  sentBytes: number;
  /** False if it went away before its end. */
  complete: boolean;
}

interface Answer {
  readonly ordinal: number;
  readonly entry: Entry;
  readonly what: 'content' | 'digest';
  readonly offset: number;
}

/** Offers a source to a sink and answers what it wants, as server and client do together. Commits nothing. */
export function driveSession(sink: SnapshotSink, source: MemorySource, options: DriveOptions = {}): Driven {
  return new SessionDriver(sink, source, options).run();
}

class SessionDriver {
  private readonly driven: Driven = { wanted: [], sentBytes: 0, complete: false };
  private queue: Answer[] = [];

  constructor(
    private readonly sink: SnapshotSink,
    private readonly source: MemorySource,
    private readonly options: DriveOptions,
  ) {}

  run(): Driven {
    let ordinal = 0;
    for (const entry of this.source.entries()) {
      const decision = this.sink.offer(entry);
      if (decision.want !== 'nothing')
        this.ask({
          ordinal,
          entry,
          what: decision.want,
          offset: decision.want === 'content' ? decision.offset : 0,
        });
      ordinal++;
      if (ordinal % (this.options.entriesPerRound ?? 500) === 0 && !this.answerAll()) return this.driven;
    }
    this.driven.complete = this.answerAll();
    return this.driven;
  }

  private ask(answer: Answer): void {
    this.queue.push(answer);
    this.driven.wanted.push({
      path: answer.entry.path.toString('latin1'),
      what: answer.what,
      offset: answer.offset,
    });
  }

  /** False: gone away. */
  private answerAll(): boolean {
    for (let answer = this.queue.shift(); answer !== undefined; answer = this.queue.shift()) {
      if (this.driven.sentBytes >= (this.options.stopAfterBytes ?? Infinity)) return false;
      const settled = this.answer(answer);
      if (settled === 'gone') return false;
      if (settled === 'again') this.ask({ ...answer, what: 'content', offset: 0 });
    }
    return true;
  }

  private answer({ ordinal, entry, what, offset }: Answer): 'done' | 'again' | 'gone' {
    const key = entry.path.toString('latin1');
    const status = this.options.outcomes?.[key] ?? (what === 'digest' ? 'digest-only' : 'whole');
    if (status === 'unreadable' || status === 'vanished')
      return this.sink.settle(ordinal, { ...outcomeOf(entry, status, NOTHING), digest: NO_DIGEST }, NOTHING);
    const content = this.source.content(entry.path);
    const outcome = outcomeOf(entry, status, content);
    if (status === 'digest-only') return this.sink.settle(ordinal, outcome, NOTHING);
    const sent = this.options.damaged?.[key] ?? content;
    if (sent.length > SMALL_FILE_BYTES) return this.sendInParts(ordinal, outcome, sent, offset);
    this.driven.sentBytes += sent.length;
    return this.sink.settle(ordinal, outcome, sent);
  }

  private sendInParts(
    ordinal: number,
    outcome: ReadOutcome,
    content: Buffer,
    offset: number,
  ): 'done' | 'again' | 'gone' {
    this.sink.startFile(ordinal, offset);
    for (let at = offset; at < content.length; at += PART_BYTES) {
      const part = content.subarray(at, at + PART_BYTES);
      this.sink.append(part);
      this.driven.sentBytes += part.length;
      if (this.driven.sentBytes >= (this.options.stopAfterBytes ?? Infinity)) return 'gone';
    }
    return this.sink.endFile(ordinal, outcome);
  }
}

function outcomeOf(entry: Entry, status: ReadOutcome['status'], content: Buffer): ReadOutcome {
  const { mtimeNs, ctimeNs } = entry;
  return { status, size: content.length, mtimeNs, ctimeNs, digest: digestOf(content) };
}
