/** Nudges that come together are one. */
const GATHER_MS = 1000;
/** Nudged again and again, it works for a tenth of the time. */
const REST_TIMES = 9;

/**
 * Does `work` at once, then `intervalMs` after it was last done, or soon after a nudge: within a second, or longer if
 * the work itself takes long. Never twice at the same time.
 */
export class NudgedTask {
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #nudged = false;
  #restMs = GATHER_MS;
  #stopped = false;

  constructor(
    private readonly intervalMs: number,
    /** Must not fail. */
    private readonly work: () => Promise<void>,
  ) {}

  start(): void {
    this.#timer = undefined;
    this.#nudged = false;
    const startedAt = performance.now();
    this.#running = this.work().then(() => {
      this.#running = undefined;
      this.#restMs = Math.min(
        this.intervalMs,
        Math.max(GATHER_MS, REST_TIMES * (performance.now() - startedAt)),
      );
      if (!this.#stopped) this.#wait(this.#nudged ? this.#restMs : this.intervalMs);
    });
  }

  nudge(): void {
    if (this.#stopped || this.#nudged) return;
    this.#nudged = true;
    // One that is under way may have looked already: it is done again after it.
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#wait(Math.min(this.#restMs, this.intervalMs));
  }

  /** Resolves when no work is under way any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  #wait(ms: number): void {
    this.#timer = setTimeout(() => this.start(), ms);
  }
}
