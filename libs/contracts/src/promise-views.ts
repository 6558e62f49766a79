import { z } from 'zod';
import { PageQuery } from './http.js';
import { AgentId, SnapshotName } from './names.js';

/** Shapes in which REST tells what plans promised and what was kept of it. Reckoned in `promises.ts`. */

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
