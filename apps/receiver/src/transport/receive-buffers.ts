export const RECEIVE_BUFFER_BYTES = 1024 * 1024;
const KEPT_BUFFERS = 8;

/**
 * Receive buffers that travel to a worker thread and come back. Used ones are handed out first: their pages are
 * in memory already, which saves more than the copy that the travelling saves.
 */
export class ReceiveBuffers {
  readonly #free: ArrayBuffer[] = [];

  take(): Buffer {
    const used = this.#free.pop();
    return used ? Buffer.from(used) : Buffer.allocUnsafeSlow(RECEIVE_BUFFER_BYTES);
  }

  giveBack(buffer: ArrayBuffer): void {
    if (buffer.byteLength === RECEIVE_BUFFER_BYTES && this.#free.length < KEPT_BUFFERS)
      this.#free.push(buffer);
  }
}
