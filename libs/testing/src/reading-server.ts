import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { ReceiverOffer } from '@periodic-backup/contracts';
import {
  ReadServerSession,
  ServerHandshake,
  SessionError,
  checkReadHello,
  encodeError,
  encodePreamble,
  encodeReadWelcome,
  type SnapshotSource,
} from '@periodic-backup/protocol';

/** A receiver on a real socket that serves nothing but reading. */
export class ReadingServer {
  /** Answers every HELLO with this error while set. */
  refusal: SessionError | null = null;
  /** Looks at the ticket of a HELLO; what it throws is the answer. */
  checkTicket: (ticket: string) => void = () => undefined;
  /** From now on takes what comes and says not a word. */
  silent = false;
  /** Cuts the connection once it has sent so many bytes. */
  cutAfterBytes = Number.POSITIVE_INFINITY;
  fetchWindow = 8192;
  /** Changes what is sent; for servers that lie. */
  distort: (frame: Buffer) => Buffer = (frame) => frame;
  readonly sessions: ReadServerSession[] = [];
  readonly tickets: string[] = [];
  sentBytes = 0;
  readonly #open = new Set<Socket>();
  readonly #server: Server = createServer((socket) => this.#accept(socket));

  private constructor(public source: SnapshotSource) {}

  static async open(source: SnapshotSource): Promise<ReadingServer> {
    const server = new ReadingServer(source);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get offer(): ReceiverOffer {
    const { port } = this;
    return { receiverId: `test-${port}`, host: '127.0.0.1', port };
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get connections(): number {
    return this.#open.size;
  }

  /** The session opened last. */
  get session(): ReadServerSession {
    return this.sessions.at(-1) as ReadServerSession;
  }

  /** As if it had died. */
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
      if (this.silent) return;
      if (!session) {
        const complete = handshake.receive(chunk);
        if (!complete) return;
        checkReadHello(complete.hello);
        session = this.#greet(socket, complete.hello.ticket);
        session?.receive(complete.rest);
      } else {
        session.receive(chunk);
      }
      if (session) this.#produce(session);
    });
  }

  #greet(socket: Socket, ticket: string): ReadServerSession | null {
    this.tickets.push(ticket);
    socket.write(encodePreamble());
    const refusal = this.refusal ?? this.#refusalOf(ticket);
    if (refusal) {
      socket.end(encodeError(refusal));
      return null;
    }
    socket.write(encodeReadWelcome('test', this.fetchWindow));
    const session = new ReadServerSession({
      source: this.source,
      fetchWindow: this.fetchWindow,
      send: (frame) => this.#send(socket, session, frame),
    });
    this.sessions.push(session);
    void session.closed.then(() => socket.end());
    return session;
  }

  #refusalOf(ticket: string): SessionError | null {
    try {
      this.checkTicket(ticket);
      return null;
    } catch (error) {
      return new SessionError('TICKET_INVALID', (error as Error).message);
    }
  }

  #send(socket: Socket, session: ReadServerSession, frame: Buffer): void {
    const lengthBytes = frame.length;
    this.sentBytes += lengthBytes;
    if (this.sentBytes > this.cutAfterBytes) socket.destroy();
    const { buffer } = frame;
    socket.write(this.distort(frame), () => {
      session.left(lengthBytes, lengthBytes > 65_536 ? (buffer as ArrayBuffer) : null);
      this.#produce(session);
    });
  }

  /** A slice in each turn of the event loop, as a receiver's worker does it. */
  #produce(session: ReadServerSession): void {
    if (session.produce() === 'more') setImmediate(() => this.#produce(session));
  }
}
