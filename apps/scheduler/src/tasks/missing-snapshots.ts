import type { TaskResult } from '@periodic-backup/contracts';
import { openTasks, snapshotsNotSeen, type Ledger } from '@periodic-backup/ledger';
import type { TaskRun } from './task-run.js';

const MOST_DAMAGES = 1000;
const MOST_VERIFIED = 10_000;
/** Receivers' clocks may be behind ours: of what was committed shortly before nothing is said until the next time. */
const MARGIN_MS = 3_600_000;

/**
 * The result of a verification of all snapshots together with those that it should have found: a snapshot that the
 * ledger has a receipt of and its vault does not name is lost as a whole, whoever took it away. `planIds`: of the place.
 */
export async function withMissing(
  ledger: Ledger,
  run: TaskRun,
  result: TaskResult,
  planIds: readonly string[],
): Promise<TaskResult> {
  if (result.kind !== 'verify' || run.task.kind !== 'verify' || run.task.snapshots !== null) return result;
  const { verified, damages, damageCount } = result;
  if (damageCount > damages.length || verified.length >= MOST_VERIFIED || !run.queuedAt) return result;
  // It removes some right now, and tells only afterwards.
  if ((await openTasks(ledger, run.planId, 'prune')).active) return result;
  const missing = await snapshotsNotSeen(ledger, planIds, {
    seen: [...verified, ...damages.map(({ snapshot }) => snapshot)],
    before: new Date(run.queuedAt.getTime() - MARGIN_MS),
    limit: MOST_DAMAGES,
  });
  const what = 'The vault does not hold this snapshot any more.';
  const lost = missing.map((snapshot) => ({ snapshot, path: null, what }));
  return {
    ...result,
    damages: [...lost, ...damages].slice(0, MOST_DAMAGES),
    damageCount: damageCount + lost.length,
  };
}
