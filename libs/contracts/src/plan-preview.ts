import { z } from 'zod';
import { RetentionPreview } from './retention-preview.js';
import { PlanFields } from './plan.js';

/**
 * `POST /api/v1/plans/preview`: a plan that is not saved, as far as it is filled in, or changes of one that is.
 * Nothing is refused for being incomplete.
 */
export const PlanPreviewRequest = z
  .object({
    /** Fields of `PlanRequest`, or with `planId` of `PlanPatch`; any may be missing or wrong. */
    plan: z.record(z.string(), z.unknown()),
    planId: z.uuid().optional(),
    /** How many of the existing snapshots the retention preview shows one by one. */
    snapshots: z.int().min(0).max(10_000).default(200),
  })
  .strict()
  .meta({ id: 'PlanPreviewRequest' });
export type PlanPreviewRequest = z.infer<typeof PlanPreviewRequest>;

const FieldProblem = z.object({ path: z.string(), message: z.string() });

export const UpcomingTime = z
  .object({
    at: z.iso.datetime(),
    /** By the clocks on the wall of the schedule's zone, with the day and the offset: `Sun 2027-03-28 03:30 +02:00`. */
    local: z.string(),
    /** What a change of the clocks does to it; null: nothing. */
    note: z.string().nullable(),
  })
  .meta({ id: 'UpcomingTime' });
export type UpcomingTime = z.infer<typeof UpcomingTime>;

export const SchedulePreview = z
  .object({
    /** For people: `every 15 minutes`, `at 02:00 on Monday, Europe/Berlin`. */
    sentence: z.string(),
    timezone: z.string(),
    next: z.array(UpcomingTime).max(5),
    /** For example: day of month and day of week together mean either. */
    warnings: z.array(z.string()),
  })
  .meta({ id: 'SchedulePreview' });
export type SchedulePreview = z.infer<typeof SchedulePreview>;

export const PlanPreview = z
  .object({
    /** Exactly what saving would be refused with; empty: it would be saved. */
    errors: z.array(FieldProblem),
    /** Fields that have to be filled in and are not; their errors are among the others. */
    missing: z.array(z.string()),
    /** Stands in the way of nothing, but somebody should know. */
    warnings: z.array(FieldProblem),
    /** The values as they would be stored, defaults filled in; fields that do not fit are left out. */
    effective: PlanFields.partial(),
    /** Null: it cannot be read. */
    schedule: SchedulePreview.nullable(),
    verifySchedule: SchedulePreview.nullable(),
    /** Of a plan that has snapshots. */
    retention: RetentionPreview.nullable(),
    /** What becomes of files at the source once they are safe. */
    afterTransmit: z.array(z.string()),
    /** The whole plan in plain words, as far as it is filled in. */
    review: z.array(z.string()),
    vault: z
      .object({
        id: z.uuid(),
        name: z.string(),
        freeBytes: z.number().nullable(),
        totalBytes: z.number().nullable(),
        receiversOnline: z.int().nonnegative(),
      })
      .nullable(),
    /** The same by other means; null: not with these values. */
    commands: z.object({
      /** Body of `PUT /api/v1/plans/by-name/…`. */
      json: z.record(z.string(), z.unknown()),
      curl: z.string().nullable(),
      npmStart: z.string().nullable(),
      pbk: z.string().nullable(),
    }),
  })
  .meta({ id: 'PlanPreview' });
export type PlanPreview = z.infer<typeof PlanPreview>;
