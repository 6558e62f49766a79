import { z } from 'zod';
import { countDueTimes, duePeriod, latestDueTime, nextDueTime } from './due-times.js';
import { PageQuery } from './http.js';
import { AgentId, SnapshotName } from './names.js';
import type { Schedule } from './plan.js';

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

const figure = z.int().nonnegative();

/** Of backups that were due in a period: every one that was expected is in exactly one of the states below it. */
export const PromiseCounts = z.object({
  /** Due times that the plan owed. */
  expected: figure,
  committed: figure,
  partial: figure,
  failed: figure,
  cancelled: figure,
  /** Never started, or nobody was there to take them. */
  missed: figure,
  /** Has not ended. */
  open: figure,
  /** Reached their agent. */
  started: figure,
  /** Committed, wholly or partly, but long after they were due: 10 % of the period, at least a minute. */
  late: figure,
  /** Started by hand; not among the above. */
  byHand: figure,
  /** Their snapshots were read again, every byte, and found as they were written. */
  verified: figure,
});
export type PromiseCounts = z.infer<typeof PromiseCounts>;

export const RecoveryPoint = z.object({
  /** The newest good snapshot: not removed, no damage known; null: there is none. */
  snapshot: SnapshotName.nullable(),
  committedAt: z.iso.datetime().nullable(),
  /** Its age. */
  heldSeconds: z.int().nonnegative().nullable(),
  promisedSeconds: z.int().positive(),
  /** It is older than promised. Not owed while paused, nor before the plan had that long to make one. */
  broken: z.boolean(),
});
export type RecoveryPoint = z.infer<typeof RecoveryPoint>;

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

const PromiseReason = z.object({
  state: z.enum(['partial', 'failed', 'cancelled', 'missed']),
  /** One sentence; instants in it are left out, so that like joins like. */
  reason: z.string(),
  count: figure,
});
export type PromiseReason = z.infer<typeof PromiseReason>;

/** How a plan kept its promises in a period. */
export const PlanPromises = PromiseCounts.extend({
  planId: z.uuid(),
  planName: z.string(),
  agentId: AgentId,
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  /** Longest time in the period without a new good snapshot, up to now if it has not ended. */
  longestGapSeconds: figure.nullable(),
  /** Whatever the period: as of now. */
  recoveryPoint: RecoveryPoint,
  /** The most frequent ones. */
  reasons: z.array(PromiseReason).max(20),
}).meta({ id: 'PlanPromises' });
export type PlanPromises = z.infer<typeof PlanPromises>;

/** How all plans kept their promises in a period, and a page of them one by one. */
export const Promises = z
  .object({
    from: z.iso.datetime(),
    to: z.iso.datetime(),
    plans: figure,
    /** Plans whose recovery point is older than promised, as of now. */
    plansBroken: figure,
    totals: PromiseCounts,
    reasons: z.array(PromiseReason).max(20),
    items: z.array(PlanPromises.omit({ from: true, to: true, reasons: true })),
    nextCursor: z.string().nullable(),
  })
  .meta({ id: 'Promises' });
export type Promises = z.infer<typeof Promises>;

const period = {
  /** Left out: 30 days before `to`. */
  from: z.iso.datetime({ offset: true }).optional(),
  /** Excluded; left out: now. */
  to: z.iso.datetime({ offset: true }).optional(),
};
export const PeriodQuery = z.object(period);
export const PromisesQuery = PageQuery.extend(period);
