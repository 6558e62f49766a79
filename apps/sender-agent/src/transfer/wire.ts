import { connect, type Socket } from 'node:net';
import { SessionError } from '@periodic-backup/protocol';
import type { Pace } from './pace.js';

export interface WireHandlers {
  onBytes(chunk: Buffer): void;
  /** The stream ended or broke; called once. */
  onEnd(error: Error | null): void;
  /** Bytes have left: there is room again. */
  onRoom(): void;
}

/** One TCP connection to a receiver, with what a sender has to know about its buffers. */
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
    host: string,
    port: number,
    timeoutMs: number,
    handlers: WireHandlers,
    pace: Pace,
    signal: AbortSignal,
  ): Promise<Wire> {
    const socket = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 10_000 });
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    try {
      await new Promise<void>((resolve, reject) => {
        limit.addEventListener('abort', () => reject(new Error(`no answer within ${timeoutMs} ms`)), {
          once: true,
        });
        if (limit.aborted) reject(new Error('given up before the connection stood'));
        socket.once('connect', resolve);
        socket.once('error', reject);
      });
    } catch (error) {
      socket.on('error', () => undefined);
      socket.destroy();
      throw new SessionError(
        'CONNECTION_LOST',
        `The receiver ${host}:${port} cannot be reached: ${(error as Error).message}.`,
        { cause: error },
      );
    }
    socket.removeAllListeners('error');
    return new Wire(socket, handlers, pace);
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
