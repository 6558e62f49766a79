import { renewStandings } from '@periodic-backup/ledger';
import { PeriodicTask } from './periodic-task.js';
import type { OutageLog } from './outage-log.js';
import type { SchedulerRuntime } from './scheduler-runtime.js';

/** Nobody waits for it: what has not been worked out yet is worked out by whoever reads it. */
const INTERVAL_MS = 1_000;
const PLANS_AT_ONCE = 500;

/** Works out what backups and snapshots of plans amount to, soon after they changed. */
export function standingRounds({ ledger }: SchedulerRuntime, outages: OutageLog): PeriodicTask {
  return new PeriodicTask(INTERVAL_MS, () =>
    outages.watch('standings', async () => {
      while ((await renewStandings(ledger, PLANS_AT_ONCE)) === PLANS_AT_ONCE);
    }),
  );
}
