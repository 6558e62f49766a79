import { Injectable } from '@nestjs/common';
import type { Refused } from '@periodic-backup/contracts';
import { appendAudit } from '@periodic-backup/ledger';
import { SchedulerRuntime } from '../runtime/scheduler-runtime.js';

/** What was forged, tampered with or replayed. */
export interface Forgery {
  /** Which kind of thing: the audit log calls it `refused.<what>`. */
  readonly what: Refused['what'] | 'receipt' | 'report' | 'flood';
  /** Who noticed: `scheduler`, `agent/<id>`, `receiver/<id>`. */
  readonly noticedBy: string;
  /** Such as `run/<id>`; null: nothing that exists. */
  readonly object: string | null;
  /** Whom it claimed to come from, if anybody. */
  readonly claimed: string | null;
  readonly reason: string;
}

/** Entries of a minute that stand for themselves; the rest is counted. Whoever floods us must not fill the ledger. */
const MOST_PER_MINUTE = 60;
const MINUTE_MS = 60_000;

/** Notes in the audit log what had no effect because nobody of ours had signed it. Never fails. */
@Injectable()
export class ForgeryLog {
  #minute = 0;
  #noted = 0;
  #unnoted = 0;

  constructor(private readonly runtime: SchedulerRuntime) {}

  async note(forgery: Forgery): Promise<void> {
    const { metrics, logger } = this.runtime;
    metrics.forgeries.inc({ what: forgery.what });
    const minute = Math.floor(Date.now() / MINUTE_MS);
    if (minute !== this.#minute) {
      const unnoted = this.#unnoted;
      [this.#minute, this.#noted, this.#unnoted] = [minute, 0, 0];
      if (unnoted > 0) await this.#append(floodOf(unnoted));
    }
    if (this.#noted >= MOST_PER_MINUTE) {
      this.#unnoted++;
      return;
    }
    this.#noted++;
    logger.warn({ ...forgery }, 'refused: it was not signed by whom it claims to come from');
    await this.#append(forgery);
  }

  async #append({ what, noticedBy, object, claimed, reason }: Forgery): Promise<void> {
    try {
      await appendAudit(this.runtime.ledger, {
        ...{ actor: 'unknown', via: 'redis', address: null },
        action: `refused.${what}`,
        object,
        detail: { noticedBy, claimed, reason },
      });
    } catch (error) {
      this.runtime.logger.error({ error: (error as Error).message }, 'the audit log cannot be written');
    }
  }
}

function floodOf(count: number): Forgery {
  return {
    ...{ what: 'flood', noticedBy: 'scheduler', object: null, claimed: null },
    reason: `${count} more forgeries came within a minute`,
  };
}
