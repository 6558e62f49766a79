import { ReadServerSession, ServerHandshake, encodePreamble, encodeReadWelcome } from '../src/index.js';
import { MemorySource, SNAPSHOT } from './memory-source.js';
import { READ_HELLO, RecordedReader } from './recorded-reader.js';
import { SMALL } from './reading-tree.js';
import { directoryOf, entryOf } from './samples.js';

export const FETCHED = ['a/f', 'none', 'hole', 'second'];
const HOLE = Buffer.alloc(70_000);
HOLE.write('end', HOLE.length - 3);

/** A snapshot small enough that its answers can be cut everywhere. */
export function tinyTree(): MemorySource {
  return new MemorySource()
    .add(directoryOf('a'))
    .addFile('a/f', SMALL)
    .addFile('hole', HOLE, { sparse: true })
    .add(entryOf('second', { kind: 'hardlink', target: Buffer.from('a/f') }));
}

/** A server with everything but the socket: handshake, session and what it answered. */
export class TestSnapshotServer {
  readonly answered: Buffer[] = [];
  readonly session: ReadServerSession;
  private readonly handshake = new ServerHandshake();
  private greeted = false;

  constructor(readonly source: MemorySource) {
    this.session = new ReadServerSession({ source, send: (frame) => this.answered.push(Buffer.from(frame)) });
  }

  /** Takes bytes and answers what they ask for. */
  receive(chunk: Buffer): void {
    let rest: Buffer | null = chunk;
    if (!this.greeted) {
      rest = this.handshake.receive(chunk)?.rest ?? null;
      this.greeted = rest !== null;
      if (this.greeted) this.answered.push(encodePreamble(), encodeReadWelcome('s1'));
    }
    if (!rest) return;
    this.session.receive(rest);
    while (this.session.produce() === 'more');
  }
}

/** What the reader sends at each of its turns, each answered before the next, the way `server` answers it. */
export function readingTurns(reader: RecordedReader): (() => void)[] {
  const { session } = reader;
  return [
    () => session.greet(READ_HELLO),
    () => session.openSnapshot(SNAPSHOT),
    () => {
      session.sendList({ below: null, from: null, depth: 'all', limit: 100 });
      reader.fetch(...FETCHED);
      session.keepalive();
      session.fetch(Buffer.from('a/f'), 1, 2);
      session.flush();
    },
    () => session.bye(),
  ];
}

/** Everything both sides say in a session that reads {@link tinyTree}; `turns` parted where the reader waits. */
export function wholeReading(): { asked: Buffer[]; answers: Buffer[] } {
  const reader = new RecordedReader();
  const server = new TestSnapshotServer(tinyTree());
  const asked: Buffer[] = [];
  const answers: Buffer[] = [];
  for (const turn of readingTurns(reader)) {
    turn();
    const said = reader.take();
    asked.push(said);
    server.receive(said);
    const answer = Buffer.concat(server.answered.splice(0));
    answers.push(answer);
    reader.session.receive(answer);
  }
  return { asked, answers };
}

/** What a reader holds after it. */
export function expectWholeReading(reader: RecordedReader): void {
  expect(reader.errors).toEqual([]);
  expect(reader.entries.map(({ path }) => path.toString())).toEqual(['', 'a', 'a/f', 'hole', 'second']);
  expect(reader.listed).toEqual([false]);
  expect(reader.files.map(({ status }) => status)).toEqual(['whole', 'vanished', 'whole', 'whole', 'whole']);
  expect(reader.files[2]?.content.equals(HOLE)).toBe(true);
  expect([0, 3, 4].map((i) => reader.files[i]?.content.toString())).toEqual(['hello', 'hello', 'el']);
}
