import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { ReceiverOffer } from '@periodic-backup/contracts';
import {
  ReadServerSession,
  ServerHandshake,
  encodePreamble,
  encodeReadWelcome,
  type SnapshotSource,
} from '@periodic-backup/protocol';

const FETCH_WINDOW = 8192;

/** A receiver on a real socket that serves nothing but reading. */
export class ReadingReceiver {
  sentBytes = 0;
  sessions = 0;
  readonly #open = new Set<Socket>();
  readonly #server: Server = createServer((socket) => this.#accept(socket));

  private constructor(public source: SnapshotSource) {}

  static async open(source: SnapshotSource): Promise<ReadingReceiver> {
    const receiver = new ReadingReceiver(source);
    await new Promise<void>((resolve) => receiver.#server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get offer(): ReceiverOffer {
    const { port } = this.#server.address() as AddressInfo;
    return { receiverId: `test-${port}`, host: '127.0.0.1', port };
  }

  get connections(): number {
    return this.#open.size;
  }

  cut(): void {
    for (const socket of this.#open) socket.resetAndDestroy();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #accept(socket: Socket): void {
    this.#open.add(socket);
    const handshake = new ServerHandshake();
    let session: ReadServerSession | null = null;
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#open.delete(socket);
      session?.end();
    });
    socket.on('data', (chunk: Buffer) => {
      if (session) session.receive(chunk);
      else {
        const complete = handshake.receive(chunk);
        if (!complete) return;
        session = this.#greet(socket);
        session.receive(complete.rest);
      }
      this.#produce(session);
    });
  }

  #greet(socket: Socket): ReadServerSession {
    this.sessions++;
    socket.write(encodePreamble());
    socket.write(encodeReadWelcome('test', FETCH_WINDOW));
    const session = new ReadServerSession({
      source: this.source,
      fetchWindow: FETCH_WINDOW,
      send: (frame) => this.#send(socket, session, frame),
    });
    void session.closed.then(() => socket.end());
    return session;
  }

  #send(socket: Socket, session: ReadServerSession, frame: Buffer): void {
    const { length } = frame;
    this.sentBytes += length;
    socket.write(frame, () => {
      session.left(length);
      this.#produce(session);
    });
  }

  /** A slice in each turn of the event loop, as a receiver's worker does it. */
  #produce(session: ReadServerSession): void {
    if (session.produce() === 'more') setImmediate(() => this.#produce(session));
  }
}
