import type { PruneTask, TaskOrder } from '@periodic-backup/contracts';
import type { VaultWork } from '../vault/vault-work.js';
import { NO_COUNTS, type TaskEnd, type TaskReporter } from '../reports/task-reporter.js';
import { taskErrorOf } from './task-error.js';

/** What was decided longer ago may be wrong by now, and removing is for good: the scheduler decides again. */
const MOST_AGE_MS = 15 * 60_000;

/** Removes the snapshots of an order and tells of it. Safe to repeat: what is gone already counts as removed. */
export async function prune(
  order: TaskOrder & { readonly task: PruneTask },
  orderedAt: Date,
  {
    work,
    reporter,
    stop,
  }: { readonly work: VaultWork; readonly reporter: TaskReporter; readonly stop: AbortSignal },
): Promise<void> {
  if (Date.now() - orderedAt.getTime() > MOST_AGE_MS) return reporter.ended(order, tooOld(orderedAt), stop);
  await reporter.started(order);
  const still = reporter.keepAlive(order, () => NO_COUNTS);
  try {
    await reporter.ended(order, await remove(order, work), stop);
  } finally {
    still();
  }
}

async function remove(order: TaskOrder & { readonly task: PruneTask }, work: VaultWork): Promise<TaskEnd> {
  const { place, task } = order;
  try {
    const { removed, kept } = await work.remove(place, task.snapshots, task);
    const result = { kind: 'prune' as const, removed: [...removed], kept: [...kept] };
    return { counts: { ...NO_COUNTS, entries: removed.length }, problems: [], result, error: null };
  } catch (cause) {
    return { counts: NO_COUNTS, problems: [], result: null, error: taskErrorOf(cause) };
  }
}

function tooOld(orderedAt: Date): TaskEnd {
  const error = {
    code: 'TOO_OLD',
    message: `The order to remove snapshots waited since ${orderedAt.toISOString()}: what goes is decided anew.`,
    retryable: true,
  };
  return { counts: NO_COUNTS, problems: [], result: null, error };
}
