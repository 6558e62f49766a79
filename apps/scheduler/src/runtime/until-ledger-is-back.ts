import { setTimeout as delay } from 'node:timers/promises';
import { ledgerIsAway } from '@periodic-backup/ledger';
import type { Logger } from '@periodic-backup/platform';

/**
 * Does `work`, again every second for as long as PostgreSQL is away: a report that came over Redis must not be lost
 * because the ledger could not take it. Once `stopping` fires it never resolves: the job is left as it is, unanswered, and
 * repeated by the next process.
 */
export async function untilLedgerIsBack(
  work: () => Promise<void>,
  { logger, stopping }: { logger: Logger; stopping: AbortSignal },
): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (!ledgerIsAway(error)) throw error;
      if (tries === 0) logger.warn({ error: (error as Error).message }, 'PostgreSQL is away; waiting for it');
    }
    await delay(1000, undefined, { signal: stopping }).catch(() => new Promise<never>(() => undefined));
  }
}
