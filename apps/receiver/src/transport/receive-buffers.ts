export const RECEIVE_BUFFER_BYTES = 1024 * 1024;
const SHARED_BUFFERS = 16;
const KEPT_BUFFERS = 8;

/**
 * Buffers that received bytes lie in, here and in the session workers. A fixed set is memory that all threads share:
 * nothing moves between them but the number of the buffer, and no thread collects garbage for it. When all of those are
 * taken, further ones travel to the worker and come back.
 * Used ones are handed out first: their pages are in memory already. Untouched ones cost nothing.
 */
export class ReceiveBuffers {
  readonly shared = new SharedArrayBuffer(SHARED_BUFFERS * RECEIVE_BUFFER_BYTES);
  readonly #shared = sharedBuffers(this.shared);
  readonly #freeShared = [...this.#shared].reverse();
  readonly #freeMoving: ArrayBuffer[] = [];

  take(): Buffer {
    const shared = this.#freeShared.pop();
    if (shared) return shared;
    const used = this.#freeMoving.pop();
    return used ? Buffer.from(used) : Buffer.allocUnsafeSlow(RECEIVE_BUFFER_BYTES);
  }

  giveBack(buffer: Buffer): void {
    if (buffer.buffer === this.shared) this.giveBackShared(this.sharedNumber(buffer) as number);
    else this.giveBackMoved(buffer.buffer as ArrayBuffer);
  }

  giveBackShared(number: number): void {
    this.#freeShared.push(this.#shared[number] as Buffer);
  }

  giveBackMoved(bytes: ArrayBuffer): void {
    if (this.#freeMoving.length < KEPT_BUFFERS) this.#freeMoving.push(bytes);
  }

  /** Its place in {@link sharedBuffers}, null for one that moves. */
  sharedNumber(buffer: Buffer): number | null {
    return buffer.buffer === this.shared ? buffer.byteOffset / RECEIVE_BUFFER_BYTES : null;
  }
}

/** The buffers of the fixed set, the same in each thread. */
export function sharedBuffers(shared: SharedArrayBuffer): Buffer[] {
  return Array.from({ length: shared.byteLength / RECEIVE_BUFFER_BYTES }, (_, number) =>
    Buffer.from(shared, number * RECEIVE_BUFFER_BYTES, RECEIVE_BUFFER_BYTES),
  );
}
