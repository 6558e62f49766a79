import type { Socket } from 'node:net';
import type { ReceiverOffer } from '@periodic-backup/contracts';
import { SessionError } from '@periodic-backup/protocol';
import { dialReceiver, type DialOptions } from '@periodic-backup/trust';
import type { Pace } from './pace.js';

export interface WireHandlers {
  onBytes(chunk: Buffer): void;
  /** The stream ended or broke; called once. */
  onEnd(error: Error | null): void;
  /** Bytes have left: there is room again. */
  onRoom(): void;
}

/** One connection to a receiver, with what a sender has to know about its buffers. */
export class Wire {
  #handedOver = 0;
  #flushed = 0;
  #heardAt = performance.now();
  #spokeAt = performance.now();
  #ended = false;

  private constructor(
    private readonly socket: Socket,
    private readonly handlers: WireHandlers,
    private readonly pace: Pace,
  ) {
    socket.on('data', (chunk: Buffer) => {
      this.#heardAt = performance.now();
      handlers.onBytes(chunk);
    });
    socket.on('drain', () => handlers.onRoom());
    socket.on('error', (error) => this.#end(error));
    socket.on('close', () => this.#end(null));
  }

  /** Connects. @throws SessionError CONNECTION_LOST – try the next receiver */
  static async connect(
    receiver: ReceiverOffer,
    options: Pick<DialOptions, 'credentials' | 'limit'>,
    handlers: WireHandlers,
    pace: Pace,
  ): Promise<Wire> {
    try {
      return new Wire(await dialReceiver(receiver, options), handlers, pace);
    } catch (cause) {
      throw new SessionError(
        'CONNECTION_LOST',
        `The receiver ${receiver.host}:${receiver.port} cannot be reached: ${(cause as Error).message}.`,
        { cause },
      );
    }
  }

  /** Hands bytes to the socket; they belong to it until {@link isFlushed} says otherwise. */
  readonly write = (bytes: Buffer): void => {
    if (this.#ended) return;
    this.#handedOver++;
    this.#spokeAt = performance.now();
    this.pace.spend(bytes.length);
    this.socket.write(bytes, this.#onFlushed);
  };

  /** True while the socket holds more than it wants to; wait for `onRoom`. */
  get full(): boolean {
    return this.socket.writableNeedDrain;
  }

  /** A mark of what was handed over so far, for {@link isFlushed}. */
  get mark(): number {
    return this.#handedOver;
  }

  /** True once the system has taken everything up to the mark: the memory is the caller's again. */
  isFlushed(mark: number): boolean {
    return this.#flushed >= mark || this.socket.writableLength === 0;
  }

  get silentForMs(): number {
    return performance.now() - this.#spokeAt;
  }

  get heardNothingForMs(): number {
    return performance.now() - this.#heardAt;
  }

  /** Lets what was written leave, then ends the connection. */
  close(): void {
    this.#ended = true;
    this.socket.end(() => this.socket.destroy());
    // A peer that takes nothing any more must not hold the run.
    setTimeout(() => this.socket.destroy(), 1_000).unref();
  }

  readonly #onFlushed = (): void => {
    this.#flushed++;
  };

  #end(error: Error | null): void {
    if (this.#ended) return;
    this.#ended = true;
    this.handlers.onEnd(error);
  }
}
