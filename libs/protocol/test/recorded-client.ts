import { setImmediate } from 'node:timers/promises';
import {
  BackupClientSession,
  BackupServerSession,
  DEFAULT_CONTENT_WINDOW_BYTES,
  EntriesBatch,
  FilesBatch,
  ServerHandshake,
  SessionError,
  digestOf,
  encodePreamble,
  encodeWelcome,
  writeDataHeader,
  type Entry,
  type ServerSessionOptions,
  type WantItem,
  type Welcome,
} from '../src/index.js';
import { MemorySink } from './memory-sink.js';
import { directoryOf, entryOf, outcomeOf, wholeOf } from './samples.js';

export const HELLO = { ticket: 'pbk1.x.y', agent: 'test/1', digest: ['blake3'], capabilities: [] };

export function welcomeOf(rest: Partial<Welcome> = {}): Welcome {
  return {
    session: 's1',
    digest: 'blake3',
    mode: 'eager',
    previous: null,
    entryWindow: 16,
    contentWindow: DEFAULT_CONTENT_WINDOW_BYTES,
    capabilities: [],
    receipt: null,
    ...rest,
  };
}

/** A client that has been welcomed, and everything it sent. */
export class RecordedClient {
  readonly sent: Buffer[] = [];
  readonly wants: { decided: number; items: WantItem[] }[] = [];
  readonly errors: SessionError[] = [];
  readonly receipts: unknown[] = [];
  /** Room for content after each STAGED. */
  readonly rooms: number[] = [];
  readonly welcomes: Welcome[] = [];
  readonly session: BackupClientSession;
  /** What the client does as soon as it is welcomed. */
  afterWelcome: () => void = () => undefined;
  /** What the client does as soon as something is wanted. */
  afterWant: (items: WantItem[]) => void = () => undefined;

  constructor() {
    this.session = new BackupClientSession((bytes) => this.sent.push(bytes), {
      onWelcome: (welcome) => {
        this.welcomes.push(welcome);
        this.afterWelcome();
      },
      onWant: (decided, items) => {
        this.wants.push({ decided, items });
        this.afterWant(items);
      },
      onRoom: () => this.rooms.push(this.session.contentRoomBytes),
      onReceipt: (receipt) => this.receipts.push(receipt),
      onError: (error) => this.errors.push(error),
    });
  }

  static welcomed(rest: Partial<Welcome> = {}): RecordedClient {
    const client = new RecordedClient();
    client.session.open(HELLO);
    client.session.receive(Buffer.concat([encodePreamble(), encodeWelcome(welcomeOf(rest))]));
    return client;
  }

  entries(...entries: Entry[]): this {
    const batch = new EntriesBatch();
    for (const entry of entries) batch.add(entry);
    this.session.sendEntries(batch);
    return this;
  }

  file(ordinal: number, content: Buffer, outcome = wholeOf(content)): this {
    const batch = new FilesBatch();
    content.copy(batch.reserve(content.length) as Buffer);
    batch.settle(ordinal, outcome, content.length);
    this.session.sendFiles(batch);
    return this;
  }

  data(content: Buffer): this {
    const frame = Buffer.alloc(8 + content.length);
    writeDataHeader(frame, content.length);
    content.copy(frame, 8);
    this.session.sendData(frame);
    return this;
  }

  /** The bytes sent since the last call. */
  take(): Buffer {
    return Buffer.concat(this.sent.splice(0));
  }
}

const SMALL = Buffer.from('hello');
const LARGE = Buffer.concat([Buffer.alloc(300, 0x61), Buffer.alloc(100), Buffer.alloc(50, 0x62)]);

/** A whole eager backup as a client sends it: every frame that there is, small enough to cut everywhere. */
export function wholeBackup(): Buffer {
  const client = RecordedClient.welcomed();
  const { session } = client;
  session.sendOwners({ users: { 1000: 'ada' }, groups: {} });
  client.entries(directoryOf(''), directoryOf('a'), entryOf('a/small', { size: 5 }));
  client.file(2, SMALL);
  client.entries(
    entryOf('a/z', { kind: 'symlink', target: Buffer.from('small') }),
    entryOf('b', { size: LARGE.length, sparse: true }),
    entryOf('c', { kind: 'hardlink', target: Buffer.from('b') }),
    entryOf('d'),
  );
  session.startFile(4, 0);
  client.data(LARGE.subarray(0, 120)).data(LARGE.subarray(120, 300));
  session.keepalive();
  session.sendHole(100);
  client.data(LARGE.subarray(400));
  session.endFile(4, wholeOf(LARGE));
  client.file(6, Buffer.from('EACCES'), outcomeOf('unreadable'));
  session.commit({ entries: 7, problems: 1 });
  return client.take();
}

/** What a sink holds after {@link wholeBackup}. */
export function expectWholeBackup(sink: MemorySink): void {
  expect(sink.commits).toBe(1);
  expect(sink.entries.map((entry) => entry.path.toString())).toEqual([
    '',
    'a',
    'a/small',
    'a/z',
    'b',
    'c',
    'd',
  ]);
  expect(sink.entries[5]?.target?.toString()).toBe('b');
  expect(sink.contents.get(2)).toEqual(SMALL);
  expect(digestOf(sink.contents.get(4) as Buffer)).toEqual(digestOf(LARGE));
  expect(sink.outcomes.get(6)?.status).toBe('unreadable');
  expect(sink.owners).toEqual([{ users: { 1000: 'ada' }, groups: {} }]);
}

/** A receiver with everything but the socket: handshake, session, sink, and what it answered. */
export class TestReceiver {
  readonly handshake = new ServerHandshake();
  readonly answered: Buffer[] = [];
  readonly session: BackupServerSession;
  private greeted = false;

  constructor(
    readonly sink: MemorySink,
    options: Partial<ServerSessionOptions> = {},
  ) {
    this.session = new BackupServerSession({ sink, send: (bytes) => this.answered.push(bytes), ...options });
  }

  /** Past the handshake already. */
  static greeted(sink: MemorySink, options: Partial<ServerSessionOptions> = {}): TestReceiver {
    const receiver = new TestReceiver(sink, options);
    receiver.greeted = true;
    return receiver;
  }

  receive(chunk: Buffer): void {
    let rest: Buffer | null = chunk;
    if (!this.greeted) {
      rest = this.handshake.receive(chunk)?.rest ?? null;
      this.greeted = rest !== null;
    }
    if (rest) this.session.receive(rest);
  }

  /** Resolves once a commit under way has ended; waits on nothing but promises. */
  async settled(): Promise<void> {
    while (this.session.state === 'committing') await setImmediate();
  }
}
