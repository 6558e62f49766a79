import { z } from 'zod';
import { RunState } from './run.js';

/** `GET /api/v1/plan-strips?planIds=…&ticks=30`: the last due times of plans and what became of each. */

const MAX_PLANS = 100;

export const PlanStripQuery = z.object({
  /** Comma-separated or repeated. */
  planIds: z
    .union([z.string(), z.array(z.string())])
    .transform((value) => [value].flat().flatMap((part) => part.split(',')))
    .pipe(z.array(z.uuid('must be UUIDs')).min(1).max(MAX_PLANS)),
  ticks: z.coerce.number().int().min(1).max(90).default(30),
});
export type PlanStripQuery = z.infer<typeof PlanStripQuery>;

const figure = z.int().nonnegative();

export const StripCell = z
  .object({
    /** Null: nobody was there to take this due time. */
    runId: z.uuid().nullable(),
    scheduledFor: z.iso.datetime(),
    trigger: z.enum(['schedule', 'manual']),
    state: RunState,
    reason: z.string().nullable(),
    durationMs: z.number().nullable(),
    files: figure,
    bytesRead: figure,
    bytesStored: figure,
    filesFailed: figure,
  })
  .meta({ id: 'StripCell' });
export type StripCell = z.infer<typeof StripCell>;

export const PlanStrip = z
  .object({
    planId: z.uuid(),
    /** Oldest first. */
    cells: z.array(StripCell),
    /** The plan does not exist longer than this. */
    begins: z.iso.datetime(),
    /** Newest backup that was committed, wholly or partly, and how many failed or were missed since. */
    lastSuccess: z.object({ runId: z.uuid(), finishedAt: z.iso.datetime() }).nullable(),
    failuresSince: figure,
  })
  .meta({ id: 'PlanStrip' });
export type PlanStrip = z.infer<typeof PlanStrip>;

/** Plans that do not exist are left out. */
export const PlanStrips = z.object({ items: z.array(PlanStrip) }).meta({ id: 'PlanStrips' });
export type PlanStrips = z.infer<typeof PlanStrips>;
