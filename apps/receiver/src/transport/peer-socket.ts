import type { Socket } from 'node:net';
import type { PeerIdentity } from '../identity/peer-identity.js';
import type { ReceiveBuffers } from './receive-buffers.js';
import { receiveWidely } from './wide-socket.js';

/** What reads a peer's bytes at the moment: the handshake, then a session. */
export interface PeerReader {
  /** The buffer is the reader's from now on; it goes back to {@link ReceiveBuffers}. */
  bytes(buffer: Buffer, lengthBytes: number): void;
  /** The peer ended the stream or the connection broke. Called once. */
  gone(): void;
}

/** Reading stops while any of these holds. */
type HoldReason = 'opening' | 'worker' | 'peer' | 'pace';

const PAUSE_AT_UNSENT_BYTES = 256 * 1024;
const MAX_UNSENT_BYTES = 4 * 1024 * 1024;
const LINGER_MS = 2_000;
const TCP_KEEPALIVE_AFTER_MS = 30_000;

/** One accepted connection: reads with back-pressure in both directions, and ends so that the last words arrive. */
export class PeerSocket {
  readonly address: string;
  /** Resolves when the connection is closed. */
  readonly closed: Promise<void>;
  lastWroteAtMs = performance.now();

  readonly #socket: Socket;
  readonly #holds = new Set<HoldReason>();
  #reader: PeerReader | null;
  #finishing = false;

  constructor(
    accepted: Socket,
    private readonly buffers: ReceiveBuffers,
    reader: PeerReader,
    /** Null: a plain connection, which comes from this machine. */
    readonly identity: PeerIdentity | null = null,
  ) {
    this.address = accepted.remoteAddress ?? 'unknown';
    this.#reader = reader;
    this.#socket = receiveWidely(accepted, {
      nextBuffer: () => buffers.take(),
      take: (buffer, lengthBytes) => this.#take(buffer, lengthBytes),
      unused: (buffer) => buffers.giveBack(buffer),
    });
    const socket = this.#socket;
    socket.setNoDelay(true);
    socket.setKeepAlive(true, TCP_KEEPALIVE_AFTER_MS);
    socket.on('error', () => undefined);
    socket.on('end', () => this.#gone());
    socket.on('drain', () => this.release('peer'));
    this.closed = new Promise((resolve) =>
      socket.once('close', () => {
        this.#gone();
        resolve();
      }),
    );
    socket.resume();
  }

  /** Hands the peer's bytes to another reader from now on. */
  readWith(reader: PeerReader): void {
    if (this.#reader) this.#reader = reader;
    else reader.gone();
  }

  /** Sends whole frames. A peer that does not read is not read from; one that never reads is cut off. */
  write(bytes: Uint8Array): void {
    if (this.#finishing || this.#socket.destroyed) return;
    this.lastWroteAtMs = performance.now();
    this.#socket.write(bytes);
    if (this.#socket.writableLength > MAX_UNSENT_BYTES) this.#socket.destroy();
    else if (this.#socket.writableLength > PAUSE_AT_UNSENT_BYTES) this.hold('peer');
  }

  /** The same for a sender that bounds by itself what is unsent: it is told when these bytes have left. */
  writeUncounted(bytes: Uint8Array, onLeft: () => void): void {
    if (this.#finishing || this.#socket.destroyed) return;
    this.lastWroteAtMs = performance.now();
    this.#socket.write(bytes, onLeft);
  }

  hold(reason: HoldReason): void {
    if (this.#finishing) return;
    this.#holds.add(reason);
    this.#socket.pause();
  }

  release(reason: HoldReason): void {
    if (this.#holds.delete(reason) && this.#holds.size === 0) this.#socket.resume();
  }

  /**
   * Sends the last bytes and closes. What still arrives is discarded for a while: closing with unread bytes would
   * reset the connection, and the peer would never read why.
   */
  finish(lastBytes?: Uint8Array): void {
    if (this.#finishing) return;
    this.#finishing = true;
    this.#reader = null;
    this.#holds.clear();
    this.#socket.resume();
    if (lastBytes) this.#socket.end(lastBytes);
    else this.#socket.end();
    const timer = setTimeout(() => this.#socket.destroy(), LINGER_MS);
    void this.closed.then(() => clearTimeout(timer));
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #take(buffer: Buffer, lengthBytes: number): void {
    if (this.#reader) this.#reader.bytes(buffer, lengthBytes);
    else this.buffers.giveBack(buffer);
  }

  #gone(): void {
    const reader = this.#reader;
    this.#reader = null;
    reader?.gone();
  }
}
