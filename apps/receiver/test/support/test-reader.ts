import { Receipt } from '@periodic-backup/contracts';
import { ReadClientSession, digestOf, type Entry, type SessionError } from '@periodic-backup/protocol';
import { until } from '@periodic-backup/testing';
import { connect, type Socket } from 'node:net';

export interface ReadFile {
  readonly status: string;
  /** Of a file that could not be read: the error's name. */
  readonly content: Buffer;
  readonly digestMatches: boolean;
}

/** Reads snapshots over a real socket, step by step. */
export class TestReader {
  readonly session: ReadClientSession;
  readonly socket: Socket;
  error: SessionError | null = null;
  receipt: Receipt | null = null;
  readonly entries: Entry[] = [];
  readonly files: ReadFile[] = [];
  #listed = 0;
  #parts: Buffer[] = [];

  constructor(port: number, ticket: string, socket: Socket = connect(port, '127.0.0.1')) {
    this.socket = socket;
    const done = (status: string, content: Buffer, digest: Buffer): void => {
      this.files.push({ status, content, digestMatches: digestOf(content).equals(digest) });
    };
    this.session = new ReadClientSession((bytes) => void this.socket.write(bytes), {
      onWelcome: () => undefined,
      onOpened: (receipt) => (this.receipt = Receipt.parse(receipt)),
      onEntry: (entry) => this.entries.push(entry),
      onListed: () => this.#listed++,
      onFile: ({ status, digest }, content) => done(status, Buffer.from(content), digest),
      onFileStart: () => (this.#parts = []),
      onData: (part) => this.#parts.push(Buffer.from(part)),
      onHole: (lengthBytes) => this.#parts.push(Buffer.alloc(lengthBytes)),
      onFileEnd: ({ status, digest }) => done(status, Buffer.concat(this.#parts), digest),
      onError: (error) => {
        this.error = error;
        this.socket.destroy();
      },
    });
    this.socket.on('data', (chunk: Buffer) => this.session.receive(chunk));
    this.socket.on('error', () => undefined);
    this.socket.on('close', () => this.session.ended());
    this.session.greet({ ticket, agent: 'test', digest: ['blake3'] });
  }

  /** A reader that has opened a snapshot. @throws SessionError */
  static async open(port: number, ticket: string, snapshot: string): Promise<TestReader> {
    const reader = new TestReader(port, ticket);
    await reader.open(snapshot);
    return reader;
  }

  ready(): Promise<void> {
    return this.until(() => this.session.state === 'ready', 'WELCOME');
  }

  async open(snapshot: string): Promise<void> {
    await this.ready();
    this.session.openSnapshot(snapshot);
    await this.until(() => this.session.state === 'open', 'OPENED');
  }

  /** All entries. */
  async list(): Promise<Entry[]> {
    const before = this.#listed;
    this.entries.length = 0;
    this.session.sendList({ below: null, from: null, depth: 'all', limit: 1_000_000 });
    await this.until(() => this.#listed > before, 'LISTED');
    return this.entries;
  }

  /** These files, whole. */
  async read(paths: readonly string[]): Promise<ReadFile[]> {
    this.files.length = 0;
    for (const path of paths) this.session.fetch(Buffer.from(path), 0, null);
    this.session.flush();
    await this.until(() => this.files.length === paths.length, 'the files');
    return this.files;
  }

  /** Resolves when it holds. @throws SessionError the one the session ended with */
  async until(condition: () => boolean, what: string): Promise<void> {
    await until(() => condition() || this.error !== null, { what });
    if (!condition() && this.error) throw this.error;
  }

  async failed(): Promise<SessionError> {
    return until(() => this.error, { what: 'the end of the session' });
  }

  bye(): void {
    this.session.bye();
    this.socket.end();
  }

  close(): void {
    this.socket.destroy();
  }
}
