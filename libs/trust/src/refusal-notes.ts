import type { Refused } from '@periodic-backup/contracts';

const MOST_PER_MINUTE = 30;
const MINUTE_MS = 60_000;

/**
 * What an agent or a receiver tells the scheduler of forgeries that it was shown: lines for the audit log. What is more
 * than people read is only counted. Never fails, and never waits.
 */
export class RefusalNotes {
  #minute = 0;
  #noted = 0;
  #unnoted = 0;

  constructor(
    private readonly by: string,
    private readonly tell: (refused: Refused) => Promise<void>,
    private readonly warn: (refused: Refused) => void,
  ) {}

  note(what: Refused['what'], reason: string, runId: string | null = null): void {
    const now = new Date();
    const minute = Math.floor(now.getTime() / MINUTE_MS);
    const before = minute === this.#minute ? 0 : this.#unnoted;
    if (minute !== this.#minute) [this.#minute, this.#noted, this.#unnoted] = [minute, 0, 0];
    if (++this.#noted > MOST_PER_MINUTE) {
      this.#unnoted++;
      return;
    }
    const more = before === 0 ? '' : ` (and ${before} more before)`;
    const refused: Refused = {
      ...{ type: 'refused', by: this.by, at: now.toISOString(), what, runId },
      reason: `${reason.slice(0, 450)}${more}`,
    };
    this.warn(refused);
    this.tell(refused).catch(() => undefined);
  }
}
