/** Does `work` at once and then again and again, `intervalMs` after it was last done: never twice at the same time. */
export class PeriodicTask {
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #stopped = false;

  constructor(
    private readonly intervalMs: number,
    /** Must not fail. */
    private readonly work: () => Promise<void>,
  ) {}

  start(): void {
    this.#running = this.work().then(() => {
      if (!this.#stopped) this.#timer = setTimeout(() => this.start(), this.intervalMs);
    });
  }

  /** Resolves when no work is under way any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }
}
