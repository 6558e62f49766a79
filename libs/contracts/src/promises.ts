import { countDueTimes, duePeriod, latestDueTime, nextDueTime } from './due-times.js';
import type { Schedule } from './plan.js';
import type { RecoveryPoint } from './promise-views.js';

/** What plans promise, and what was kept of it. */

interface Owing {
  readonly schedule: Schedule;
  readonly pausedAt: Date | null;
  /** Due times before this instant are not owed; for those that were, runs stand in the ledger. */
  readonly dueFrom: Date;
}

/** A commit is late, and so is a start, when this much time has passed since the due time. */
export function lateAfterMs(schedule: Schedule, now: Date): number {
  return Math.max(60_000, duePeriod(schedule, now).shortestMs / 10);
}

/** When a run that was due at `due` is late: its own period counts, to which its place in a start spread belongs. */
export function lateAt(schedule: Schedule, due: Date): Date {
  const periodMs = nextDueTime(schedule, due).getTime() - latestDueTime(schedule, due).getTime();
  return new Date(due.getTime() + Math.max(60_000, periodMs / 10));
}

/** The age of the newest good snapshot that a plan promises not to exceed. */
export function promisedRecoverySeconds(
  plan: { readonly schedule: Schedule; readonly recoveryPointSeconds: number | null },
  now: Date,
): number {
  return plan.recoveryPointSeconds ?? (2 * duePeriod(plan.schedule, now).longestMs) / 1000;
}

/** Due times without a run, in a period that begins at `from` (included) and ends at `to` (excluded). */
export interface Untaken {
  /** More than `lateAfterMs` ago: nobody was there to take them. */
  readonly missed: number;
  /** Just now: somebody may be taking them. */
  readonly fresh: number;
}

/**
 * Due times that a plan owes and that have no run yet. Runs are made in the order of their due times, so that only
 * those after the last one, `lastTickAt`, can be without.
 */
export function untakenDueTimes(
  plan: Owing,
  lastTickAt: Date | null,
  { from, to, now }: { readonly from: Date; readonly to: Date; readonly now: Date },
): Untaken {
  const after = Math.max(plan.dueFrom.getTime() - 1, lastTickAt?.getTime() ?? 0, from.getTime() - 1);
  const until = Math.min(now.getTime(), to.getTime() - 1, plan.pausedAt?.getTime() ?? Infinity);
  if (until <= after) return { missed: 0, fresh: 0 };
  const all = countDueTimes(plan.schedule, new Date(after), new Date(until));
  if (all === 0) return { missed: 0, fresh: 0 };
  const expired = Math.min(until, now.getTime() - lateAfterMs(plan.schedule, now));
  const missed = countDueTimes(plan.schedule, new Date(after), new Date(expired));
  return { missed, fresh: all - missed };
}

/** The last due time that a plan owes by `now` and that has no run, or null. */
export function latestUntaken(plan: Owing, lastTickAt: Date | null, now: Date): Date | null {
  const until = plan.pausedAt && plan.pausedAt < now ? plan.pausedAt : now;
  const latest = latestDueTime(plan.schedule, until);
  return latest >= plan.dueFrom && (lastTickAt === null || latest > lastTickAt) ? latest : null;
}

/** The recovery point a plan holds at `now` against the one it promises. */
export function recoveryPoint(
  plan: Owing & {
    readonly recoveryPointSeconds: number | null;
    readonly newestGood: { readonly snapshot: string; readonly committedAt: Date } | null;
  },
  now: Date,
): RecoveryPoint {
  const { newestGood, dueFrom, pausedAt } = plan;
  const promisedSeconds = promisedRecoverySeconds(plan, now);
  const owedSince = Math.max(newestGood?.committedAt.getTime() ?? 0, dueFrom.getTime());
  return {
    snapshot: newestGood?.snapshot ?? null,
    committedAt: newestGood?.committedAt.toISOString() ?? null,
    heldSeconds: newestGood
      ? Math.max(0, Math.floor((now.getTime() - newestGood.committedAt.getTime()) / 1000))
      : null,
    promisedSeconds,
    broken: pausedAt === null && now.getTime() - owedSince > promisedSeconds * 1000,
  };
}
