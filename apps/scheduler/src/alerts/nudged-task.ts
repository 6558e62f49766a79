/** Nudges that come together are one. */
const GATHER_MS = 1000;

/**
 * Does `work` at once, then `intervalMs` after it was last done, or within a second after a nudge: never twice at the
 * same time, never more often than once in a second.
 */
export class NudgedTask {
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #nudged = false;
  #stopped = false;

  constructor(
    private readonly intervalMs: number,
    /** Must not fail. */
    private readonly work: () => Promise<void>,
  ) {}

  start(): void {
    this.#timer = undefined;
    this.#nudged = false;
    this.#running = this.work().then(() => {
      this.#running = undefined;
      if (!this.#stopped) this.#wait(this.#nudged ? Math.min(GATHER_MS, this.intervalMs) : this.intervalMs);
    });
  }

  nudge(): void {
    if (this.#stopped || this.#nudged) return;
    this.#nudged = true;
    // One that is under way may have looked already: it is done again after it.
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#wait(Math.min(GATHER_MS, this.intervalMs));
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
