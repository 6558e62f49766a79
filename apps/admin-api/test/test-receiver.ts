import type { KeyObject } from 'node:crypto';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { openTicket, type ReadClaims } from '@periodic-backup/contracts';
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

/** A receiver on a real socket that serves nothing but reading, to whoever brings a ticket for it. */
export class TestReceiver {
  readonly claims: ReadClaims[] = [];
  sentBytes = 0;
  readonly #open = new Set<Socket>();
  readonly #server: Server = createServer((socket) => this.#accept(socket));

  private constructor(
    private readonly source: SnapshotSource,
    private readonly ticketKey: () => KeyObject,
  ) {}

  static async open(source: SnapshotSource, ticketKey: () => KeyObject): Promise<TestReceiver> {
    const receiver = new TestReceiver(source, ticketKey);
    await new Promise<void>((resolve) => receiver.#server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get connections(): number {
    return this.#open.size;
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
      if (session) session.receive(chunk);
      else {
        const complete = handshake.receive(chunk);
        if (!complete) return;
        checkReadHello(complete.hello);
        session = this.#greet(socket, complete.hello.ticket);
        session?.receive(complete.rest);
      }
      if (session) this.#produce(session);
    });
  }

  #greet(socket: Socket, ticket: string): ReadServerSession | null {
    socket.write(encodePreamble());
    try {
      this.claims.push(openTicket(ticket, this.ticketKey(), 'read'));
    } catch (error) {
      socket.end(encodeError(new SessionError('TICKET_INVALID', (error as Error).message)));
      return null;
    }
    socket.write(encodeReadWelcome('test'));
    const session = new ReadServerSession({
      source: this.source,
      send: (frame) => {
        const { length } = frame;
        this.sentBytes += length;
        socket.write(frame, () => {
          session.left(length);
          this.#produce(session);
        });
      },
    });
    void session.closed.then(() => socket.end());
    return session;
  }

  /** A slice in each turn of the event loop, as a receiver's worker does it. */
  #produce(session: ReadServerSession): void {
    if (session.produce() === 'more') setImmediate(() => this.#produce(session));
  }
}
