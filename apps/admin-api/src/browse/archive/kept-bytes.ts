const BLOCK_BYTES = 64 * 1024;

/** Many small pieces of bytes kept for later, in blocks of their own: a kept view would keep all the memory around it. */
export class KeptBytes {
  readonly #blocks: Buffer[] = [];
  #usedBytes = 0;
  lengthBytes = 0;

  /** Copies them. */
  add(bytes: Buffer): void {
    for (let at = 0; at < bytes.length;) {
      if (this.#blocks.length === 0 || this.#usedBytes === BLOCK_BYTES) {
        this.#blocks.push(Buffer.allocUnsafeSlow(BLOCK_BYTES));
        this.#usedBytes = 0;
      }
      const copied = bytes.copy(this.#blocks.at(-1)!, this.#usedBytes, at);
      this.#usedBytes += copied;
      at += copied;
    }
    this.lengthBytes += bytes.length;
  }

  /** All of them, in the order they came. */
  get blocks(): Buffer[] {
    const last = this.#blocks.length - 1;
    return this.#blocks.map((block, index) => (index === last ? block.subarray(0, this.#usedBytes) : block));
  }
}
