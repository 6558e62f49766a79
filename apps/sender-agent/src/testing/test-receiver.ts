import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { ReceiverOffer, RunOrder } from '@periodic-backup/contracts';
import {
  BackupServerSession,
  FRAME_HEADER_BYTES,
  DEFAULT_CONTENT_WINDOW_BYTES,
  ServerHandshake,
  SessionError,
  encodeError,
  encodePreamble,
  encodeWelcome,
} from '@periodic-backup/protocol';
import type { RecordingVault } from './recording-vault.js';

/** A receiver on a real socket in front of a vault in memory. */
export class TestReceiver {
  /** Answers every HELLO with this error while set. */
  refusal: SessionError | null = null;
  /** Leaves the next HELLO unanswered until {@link letGo}. */
  holdsBack = false;
  entryWindow = 16_384;
  contentWindow = DEFAULT_CONTENT_WINDOW_BYTES;
  /** Takes what arrives from the network and does nothing with it until {@link hearAgain}. */
  deaf = false;
  sessions = 0;
  /** The last bytes that arrived, up to a frame's header. */
  lastBytes: Buffer = Buffer.alloc(0);
  bytesReceived = 0;
  readonly #heldBack: (() => void)[] = [];
  readonly #unheard: (() => void)[] = [];
  readonly #open = new Set<Socket>();
  readonly #server: Server;

  private constructor(
    readonly vault: RecordingVault,
    private readonly orderOf: (ticket: string) => RunOrder,
  ) {
    this.#server = createServer((socket) => this.#accept(socket));
  }

  static async open(vault: RecordingVault, orderOf: (ticket: string) => RunOrder): Promise<TestReceiver> {
    const receiver = new TestReceiver(vault, orderOf);
    await new Promise<void>((resolve) => receiver.#server.listen(0, '127.0.0.1', () => resolve()));
    return receiver;
  }

  get offer(): ReceiverOffer {
    return { receiverId: `test-${this.port}`, host: '127.0.0.1', port: this.port };
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  cut(): void {
    for (const socket of this.#open) socket.resetAndDestroy();
  }

  /** Answers what was held back. */
  letGo(): void {
    this.holdsBack = false;
    for (const answer of this.#heldBack.splice(0)) answer();
  }

  /** Works off what arrived meanwhile. */
  hearAgain(): void {
    this.deaf = false;
    for (const hear of this.#unheard.splice(0)) hear();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #accept(socket: Socket): void {
    this.#open.add(socket);
    const handshake = new ServerHandshake();
    let session: BackupServerSession | null = null;
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#open.delete(socket);
      session?.end();
    });
    socket.on('data', (chunk: Buffer) => {
      this.bytesReceived += chunk.length;
      this.lastBytes = Buffer.from(chunk.subarray(-FRAME_HEADER_BYTES));
      if (session && this.deaf) {
        const deafSession = session;
        this.#unheard.push(() => deafSession.receive(chunk));
        return;
      }
      if (session) {
        session.receive(chunk);
        return;
      }
      const complete = handshake.receive(chunk);
      if (!complete) return;
      const rest = Buffer.from(complete.rest);
      const answer = (): void => {
        session = this.#greet(socket, complete.hello.ticket);
        session?.receive(rest);
      };
      if (!this.holdsBack) {
        answer();
        return;
      }
      socket.pause();
      this.#heldBack.push(() => {
        answer();
        socket.resume();
      });
    });
  }

  #greet(socket: Socket, ticket: string): BackupServerSession | null {
    socket.write(encodePreamble());
    if (this.refusal) {
      socket.end(encodeError(this.refusal));
      return null;
    }
    this.sessions++;
    const order = this.orderOf(ticket);
    const receipt = this.vault.receipts.get(order.runId) ?? null;
    const sink = this.vault.session(order);
    socket.write(
      encodeWelcome({
        ...{ session: 'test', digest: 'blake3', capabilities: [], receipt, previous: sink.previous },
        ...{ mode: sink.eager ? 'eager' : 'join', entryWindow: this.entryWindow },
        contentWindow: this.contentWindow,
      }),
    );
    if (receipt) return null;
    const session = new BackupServerSession({
      sink,
      entryWindow: this.entryWindow,
      contentWindow: this.contentWindow,
      send: (bytes) => socket.write(bytes),
    });
    void session.closed.then(() => socket.end());
    return session;
  }
}
