import type { Logger } from '@periodic-backup/platform';

/** Does `work` at once and then again and again, `intervalMs` after it was last done: never twice at the same time. */
export class PeriodicTask {
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #stopped = false;

  constructor(
    private readonly name: string,
    private readonly intervalMs: number,
    private readonly work: () => Promise<void>,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.#running = this.#once();
  }

  /** Resolves when no work is under way any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  async #once(): Promise<void> {
    try {
      await this.work();
    } catch (error) {
      this.logger.warn(
        { task: this.name, error: (error as Error).message },
        'not done this time; again soon',
      );
    }
    if (!this.#stopped) this.#timer = setTimeout(() => this.start(), this.intervalMs);
  }
}
