/** What may go at once after a pause. */
const BURST_MS = 100;

/**
 * A token bucket of bytes. Whoever asks {@link delayMs} before each frame and waits that long keeps to the rate, save
 * for bursts of 100 ms or one frame: a frame may go as soon as nothing is owed, and what it takes too much is owed
 * by the next. Without a rate it costs two comparisons.
 */
export class ByteBucket {
  #rate: number | null;
  /** Bytes that may go; below zero: owed. */
  #level = 0;
  #settledAtMs: number;

  /** @param now milliseconds of a clock that never goes back */
  constructor(
    bytesPerSecond: number | null,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#rate = bytesPerSecond;
    this.#settledAtMs = now();
  }

  /** Bytes per second, null for full speed. */
  get rate(): number | null {
    return this.#rate;
  }

  /** Holds from now on; what is owed is paid at the new rate, at full speed it is forgiven. */
  set rate(bytesPerSecond: number | null) {
    if (bytesPerSecond === this.#rate) return;
    this.#settle();
    this.#rate = bytesPerSecond;
    if (bytesPerSecond === null) this.#level = 0;
  }

  spend(bytes: number): void {
    if (this.#rate === null) return;
    this.#settle();
    this.#level -= bytes;
  }

  /** How long nothing may go. */
  get delayMs(): number {
    if (this.#rate === null) return 0;
    this.#settle();
    return this.#level >= 0 ? 0 : Math.ceil((-this.#level / this.#rate) * 1000);
  }

  #settle(): void {
    const nowMs = this.now();
    if (this.#rate !== null) {
      const flowed = ((nowMs - this.#settledAtMs) / 1000) * this.#rate;
      this.#level = Math.min(this.#level + flowed, (this.#rate * BURST_MS) / 1000);
    }
    this.#settledAtMs = nowMs;
  }
}
