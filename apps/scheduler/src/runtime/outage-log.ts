import type { Logger } from '@periodic-backup/platform';

/** Logs what goes on failing once, and once that it works again: an outage of an hour is not thousands of lines. */
export class OutageLog {
  readonly #failing = new Map<string, string>();

  constructor(private readonly logger: Logger) {}

  /** Does `work`; a failure is logged, not thrown. */
  async watch(name: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
      if (this.#failing.delete(name)) this.logger.info({ task: name }, 'works again');
    } catch (error) {
      const { message } = error as Error;
      if (this.#failing.get(name) !== message)
        this.logger.warn({ task: name, error: message }, 'does not work; trying again until it does');
      this.#failing.set(name, message);
    }
  }
}
