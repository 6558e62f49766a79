import type { Logger } from '@periodic-backup/platform';
import type { VaultWork } from './vault-work.js';

const PROBE_INTERVAL_MS = 10_000;

/** Whether the target can be written and how much room it has: asked at most every 10 s, beside everything else. */
export class VaultStatus {
  freeBytes = 0;
  totalBytes = 0;
  /** Why it cannot be written, null if it can. */
  problem: string | null = null;

  #probedAtMs = Number.NEGATIVE_INFINITY;
  #probing: Promise<void> | null = null;

  constructor(
    private readonly work: VaultWork,
    private readonly logger: Logger,
  ) {}

  /** Asks anew if the last answer is old; resolves with the answer, never throws. */
  refresh(): Promise<void> {
    if (this.#probing) return this.#probing;
    if (performance.now() - this.#probedAtMs < PROBE_INTERVAL_MS) return Promise.resolve();
    this.#probing = this.#probe().finally(() => {
      this.#probedAtMs = performance.now();
      this.#probing = null;
    });
    return this.#probing;
  }

  async #probe(): Promise<void> {
    try {
      const { freeBytes, totalBytes } = await this.work.probe();
      Object.assign(this, { freeBytes, totalBytes });
      if (this.problem) this.logger.info('the target directory can be written again');
      this.problem = null;
    } catch (error) {
      const { message } = error as Error;
      if (!this.problem) this.logger.error({ error: message }, 'the target directory cannot be written');
      this.problem = message;
    }
  }
}
