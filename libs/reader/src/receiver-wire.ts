import type { Socket } from 'node:net';
import type { ReceiverOffer } from '@periodic-backup/contracts';
import { SessionError } from '@periodic-backup/protocol';
import { dialReceiver, type DialOptions } from '@periodic-backup/trust';

export interface WireHandlers {
  /** A view: the wire's again on return, or at `goOn` if the wire is held then. */
  onBytes(chunk: Buffer): void;
  /** The stream ended or broke; called once. */
  onEnd(cause: Error | null): void;
}

/** A read brings up to this many bytes at once, where Node by itself brings 64 KiB. */
const RECEIVE_BYTES = 1024 * 1024;
const LAST_WORDS_MS = 1_000;

/** One connection to a receiver that is read from only as fast as its taker takes. */
export class ReceiverWire {
  bytesReceived = 0;
  heardAtMs = performance.now();
  spokeAtMs = performance.now();
  #handlers: WireHandlers | null = null;
  #held = false;

  private constructor(private readonly socket: Socket) {
    socket.on('error', (error) => this.#end(error));
    socket.on('end', () => this.#end(null));
    socket.on('close', () => this.#end(null));
  }

  /** Connects. @throws SessionError CONNECTION_LOST – try the next receiver */
  static async connect(
    receiver: ReceiverOffer,
    options: Pick<DialOptions, 'credentials' | 'limit'>,
  ): Promise<ReceiverWire> {
    let wire: ReceiverWire | null = null;
    const onread = {
      buffer: Buffer.allocUnsafeSlow(RECEIVE_BYTES),
      callback: (lengthBytes: number, buffer: Uint8Array) =>
        wire ? wire.#take(buffer as Buffer, lengthBytes) : true,
    };
    try {
      wire = new ReceiverWire(await dialReceiver(receiver, { ...options, onread }));
      return wire;
    } catch (cause) {
      throw new SessionError(
        'CONNECTION_LOST',
        `The receiver ${receiver.host}:${receiver.port} cannot be reached: ${(cause as Error).message}.`,
        { cause },
      );
    }
  }

  /** Begins to read. */
  listen(handlers: WireHandlers): void {
    this.#handlers = handlers;
    this.socket.resume();
  }

  readonly write = (bytes: Buffer): void => {
    if (!this.socket.writable) return;
    this.spokeAtMs = performance.now();
    this.socket.write(bytes);
  };

  /** Nothing more is read; within `onBytes` its chunk stays as it is. */
  hold(): void {
    this.#held = true;
    this.socket.pause();
  }

  goOn(): void {
    if (!this.#held) return;
    this.#held = false;
    this.heardAtMs = performance.now();
    this.socket.resume();
  }

  get isHeld(): boolean {
    return this.#held;
  }

  /** Lets what was written leave, then ends the connection. What still arrives is not read. */
  close(): void {
    this.#handlers = null;
    const socket = this.socket;
    socket.end(() => socket.destroy());
    // A peer that takes nothing any more must not hold the process.
    setTimeout(() => socket.destroy(), LAST_WORDS_MS).unref();
  }

  #take(buffer: Buffer, lengthBytes: number): boolean {
    this.bytesReceived += lengthBytes;
    this.heardAtMs = performance.now();
    this.#handlers?.onBytes(buffer.subarray(0, lengthBytes));
    return !this.#held;
  }

  #end(cause: Error | null): void {
    const handlers = this.#handlers;
    this.#handlers = null;
    handlers?.onEnd(cause);
  }
}
