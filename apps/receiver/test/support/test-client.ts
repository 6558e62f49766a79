import { Receipt } from '@periodic-backup/contracts';
import {
  BackupClientSession,
  EntriesBatch,
  FilesBatch,
  MAX_SMALL_FILE_BYTES,
  digestOf,
  writeDataHeader,
  type Entry,
  type ReadOutcome,
  type SessionError,
  type WantItem,
  type Welcome,
} from '@periodic-backup/protocol';
import { until } from '@periodic-backup/testing';
import { connect, type Socket } from 'node:net';
import type { SourceTree } from './source-tree.js';

const TIMES = { mtimeNs: 1_700_000_000_000_000_000n, ctimeNs: 1_700_000_000_000_000_000n };
const BLOCK_BYTES = 256 * 1024;

/** Backs a tree in memory up over a real socket, step by step. */
export class TestClient {
  readonly session: BackupClientSession;
  readonly socket: Socket;
  welcome: Welcome | null = null;
  receipt: Receipt | null = null;
  error: SessionError | null = null;
  readonly wants: WantItem[] = [];
  /** The content window is used up. */
  waitsForRoom = false;
  #decided = 0;

  constructor(port: number, ticket: string, socket: Socket = connect(port, '127.0.0.1')) {
    this.socket = socket;
    this.session = new BackupClientSession((bytes) => void this.socket.write(bytes), {
      onWelcome: (welcome) => {
        this.welcome = welcome;
        if (welcome.receipt !== null) this.#received(welcome.receipt);
      },
      onWant: (decided, items) => {
        this.#decided = decided;
        this.wants.push(...items);
      },
      onRoom: () => undefined,
      onReceipt: (receipt) => this.#received(receipt),
      onError: (error) => {
        this.error = error;
        this.socket.destroy();
      },
    });
    this.socket.on('data', (chunk: Buffer) => this.session.receive(chunk));
    this.socket.on('error', () => undefined);
    this.socket.on('close', () => this.session.ended());
    this.session.open({ ticket, agent: 'test', digest: ['blake3'], capabilities: [] });
  }

  /** A whole backup. @throws SessionError */
  static async backUp(port: number, ticket: string, tree: SourceTree, socket?: Socket): Promise<TestClient> {
    const client = new TestClient(port, ticket, socket);
    await client.welcomed();
    if (!client.receipt) {
      await client.send(tree);
      client.session.commit({ entries: tree.size, problems: 0 });
      await client.until(() => client.receipt !== null, 'the receipt');
    }
    return client;
  }

  welcomed(): Promise<void> {
    return this.until(() => this.welcome !== null, 'WELCOME');
  }

  /** Sends all entries and what is wanted of them. @throws SessionError */
  async send(tree: SourceTree): Promise<void> {
    const contents = [...tree.values()];
    const eager = this.welcome?.mode === 'eager';
    const batch = new EntriesBatch();
    for (const [path, content] of tree) {
      const entry = entryOf(path, content);
      if (batch.add(entry)) continue;
      this.session.sendEntries(batch);
      batch.add(entry);
    }
    this.session.sendEntries(batch);
    if (!eager) await this.until(() => this.#decided === tree.size, 'the decisions');
    const wanted: Pick<WantItem, 'ordinal' | 'what' | 'offset'>[] = eager
      ? contents.flatMap((content, ordinal) =>
          content ? [{ ordinal, what: 'content' as const, offset: 0 }] : [],
        )
      : this.wants;
    const files = new FilesBatch();
    for (const { ordinal, what, offset } of wanted) {
      const content = contents[ordinal] as Buffer;
      if (this.error) throw this.error;
      if (what === 'digest' || content.length <= MAX_SMALL_FILE_BYTES)
        await this.#sendSmall(files, ordinal, content, what === 'digest');
      else {
        await this.#sendBatch(files);
        await this.#sendLarge(ordinal, content, offset);
      }
    }
    await this.#sendBatch(files);
  }

  /** Resolves when it holds. @throws SessionError the one the session ended with */
  async until(condition: () => boolean, what: string): Promise<void> {
    await until(() => condition() || this.error !== null, { what });
    if (!condition() && this.error) throw this.error;
  }

  /** The error the session ends with. */
  async failed(): Promise<SessionError> {
    return until(() => this.error, { what: 'the end of the session' });
  }

  close(): void {
    this.socket.destroy();
  }

  #received(receipt: unknown): void {
    this.receipt = Receipt.parse(receipt);
    this.session.bye();
    this.socket.end();
  }

  async #sendBatch(files: FilesBatch): Promise<void> {
    await this.#roomFor(files.bytes);
    this.session.sendFiles(files);
  }

  /** Resolves when the receiver grants so much more. @throws SessionError */
  async #roomFor(contentBytes: number): Promise<void> {
    const hasRoom = (): boolean => this.session.contentRoomBytes >= contentBytes;
    this.waitsForRoom = !hasRoom();
    await this.until(hasRoom, 'room for content');
    this.waitsForRoom = false;
  }

  async #sendSmall(files: FilesBatch, ordinal: number, content: Buffer, digestOnly: boolean): Promise<void> {
    const length = digestOnly ? 0 : content.length;
    let place = files.reserve(length);
    if (!place) {
      await this.#sendBatch(files);
      place = files.reserve(length) as Buffer;
    }
    content.copy(place, 0, 0, length);
    files.settle(ordinal, outcomeOf(content, digestOnly ? 'digest-only' : 'whole'), length);
  }

  async #sendLarge(ordinal: number, content: Buffer, offset: number): Promise<void> {
    this.session.startFile(ordinal, offset);
    for (let at = offset; at < content.length && !this.error; at += BLOCK_BYTES) {
      const block = content.subarray(at, at + BLOCK_BYTES);
      await this.#roomFor(block.length);
      if (this.error) break;
      const frame = Buffer.alloc(8 + block.length);
      writeDataHeader(frame, block.length);
      block.copy(frame, 8);
      this.session.sendData(frame);
      await this.until(() => this.socket.writableLength < 4 * BLOCK_BYTES, 'the socket to take more');
    }
    if (this.error) throw this.error;
    this.session.endFile(ordinal, outcomeOf(content, 'whole'));
  }
}

function entryOf(path: string, content: Buffer | null): Entry {
  return {
    path: Buffer.from(path),
    kind: content ? 'file' : 'directory',
    mode: content ? 0o644 : 0o755,
    uid: 0,
    gid: 0,
    size: content?.length ?? 0,
    ...TIMES,
    target: null,
    sparse: false,
    unreadable: false,
    changedWhileRead: false,
    digest: null,
  };
}

function outcomeOf(content: Buffer, status: ReadOutcome['status']): ReadOutcome {
  return { status, size: content.length, ...TIMES, digest: digestOf(content) };
}
