import { ByteBucket } from '@periodic-backup/protocol';

/** Something whose reading can be held. */
export interface PacedReader {
  holdForPace(): void;
  releaseForPace(): void;
}

/** A new rate counts at the latest after this. */
const REST_MS = 1_000;

/**
 * Keeps all sessions of this receiver together to a rate by holding their reading: the network then holds the senders.
 * Whoever was held first reads first, one at a time, so that a thousand sessions do not read a thousand buffers at
 * once. Without a rate nobody is ever held.
 */
export class IntakePace {
  readonly #bucket: ByteBucket;
  readonly #heldFirst = new Set<PacedReader>();
  #timer: NodeJS.Timeout | null = null;

  constructor(now?: () => number) {
    this.#bucket = new ByteBucket(null, now);
  }

  get bytesPerSecond(): number | null {
    return this.#bucket.rate;
  }

  set bytesPerSecond(rate: number | null) {
    this.#bucket.rate = rate;
  }

  /** Notes what a reader has just received. */
  received(bytes: number, reader: PacedReader): void {
    if (this.#bucket.rate === null) return;
    this.#bucket.spend(bytes);
    if (this.#bucket.delayMs === 0) return;
    this.#heldFirst.add(reader);
    reader.holdForPace();
    this.#releaseLater();
  }

  #releaseLater(): void {
    if (this.#timer || this.#heldFirst.size === 0) return;
    this.#timer = setTimeout(
      () => {
        this.#timer = null;
        this.#releaseNext();
      },
      Math.min(this.#bucket.delayMs, REST_MS),
    ).unref();
  }

  #releaseNext(): void {
    if (this.#bucket.delayMs > 0) return this.#releaseLater();
    const [next] = this.#heldFirst;
    if (!next) return;
    this.#heldFirst.delete(next);
    next.releaseForPace();
    // What it has waiting is read within this turn of the event loop; if nothing, another one's turn has come.
    setImmediate(() => this.#releaseNext());
  }
}
