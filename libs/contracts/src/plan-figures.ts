import { z } from 'zod';
import { DrillView } from './task-requests.js';

/** `GET /api/v1/plans/{id}/figures`: how a plan's backups went over time, for a chart. */
export const PlanFiguresQuery = z.object({
  /** Left out: 30 days before `until`. */
  since: z.iso.datetime({ offset: true }).optional(),
  /** Excluded; left out: now. */
  until: z.iso.datetime({ offset: true }).optional(),
  points: z.coerce.number().int().min(1).max(500).default(200),
});
export type PlanFiguresQuery = z.infer<typeof PlanFiguresQuery>;

const figure = z.number().nonnegative();

/** All backups that were due in a stretch of time; one by itself has its own point while there is room. */
export const FiguresPoint = z
  .object({
    from: z.iso.datetime(),
    to: z.iso.datetime(),
    /** If it stands for one run only. */
    runId: z.uuid().nullable(),
    runs: z.int().positive(),
    committed: z.int().nonnegative(),
    partial: z.int().nonnegative(),
    failed: z.int().nonnegative(),
    missed: z.int().nonnegative(),
    /** Means and the greatest of those that were committed, wholly or partly; null without any. */
    durationMs: figure.nullable(),
    longestMs: figure.nullable(),
    bytesRead: figure.nullable(),
    bytesSent: figure.nullable(),
    bytesStored: figure.nullable(),
    files: figure.nullable(),
    /** Sum. */
    filesFailed: z.int().nonnegative(),
  })
  .meta({ id: 'FiguresPoint' });
export type FiguresPoint = z.infer<typeof FiguresPoint>;

export const PlanCharts = z
  .object({
    planId: z.uuid(),
    from: z.iso.datetime(),
    to: z.iso.datetime(),
    /** Oldest first; stretches without a run are left out. */
    points: z.array(FiguresPoint).max(500),
    /** Measured restore times, oldest first. */
    drills: z.array(DrillView).max(200),
  })
  .meta({ id: 'PlanCharts' });
export type PlanCharts = z.infer<typeof PlanCharts>;
