import { z } from 'zod';
import { RunProgress } from './live.js';
import { Run, RunCounts, RunState } from './run.js';
import { SnapshotName } from './names.js';

/** An instant of a run's life. `at` null: it has not come to that, or never will. */
export const RunStep = z
  .object({
    step: z.enum(['expected', 'created', 'queued', 'started', 'connected', 'committed', 'ended']),
    at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'RunStep' });
export type RunStep = z.infer<typeof RunStep>;

/** An attempt that came to no good end; the run went on with another, or failed with it. */
export const FailedAttempt = z
  .object({
    /** 1 is the first. */
    attempt: z.int().positive(),
    endedAt: z.iso.datetime(),
    receiverId: z.string().nullable(),
    code: z.string().nullable(),
    message: z.string(),
  })
  .meta({ id: 'FailedAttempt' });
export type FailedAttempt = z.infer<typeof FailedAttempt>;

/** Another run of the plan, to compare with. */
export const RunMark = z
  .object({
    runId: z.uuid(),
    state: RunState,
    scheduledFor: z.iso.datetime(),
    durationMs: z.number().nullable(),
    counts: RunCounts,
    snapshot: SnapshotName.nullable(),
  })
  .meta({ id: 'RunMark' });
export type RunMark = z.infer<typeof RunMark>;

/** `GET /api/v1/runs/{id}`: a run with all that its page shows. */
export const RunDetail = Run.extend({
  createdAt: z.iso.datetime(),
  committedAt: z.iso.datetime().nullable(),
  /** The agent's last sign of life. */
  aliveAt: z.iso.datetime().nullable(),
  /** The next attempt does not begin before. */
  notBefore: z.iso.datetime().nullable(),
  cancelRequestedAt: z.iso.datetime().nullable(),
  timeline: z.array(RunStep),
  failedAttempts: z.array(FailedAttempt).max(100),
  /** The latest that was heard; null unless it runs. */
  progress: RunProgress.nullable(),
  /** The last one before it of the same kind that was committed, wholly or partly. */
  previous: RunMark.nullable(),
  /** Of the snapshot it made, if that is still there. */
  snapshotId: z.uuid().nullable(),
  receiver: z
    .object({ receiverId: z.string(), host: z.string(), port: z.int(), online: z.boolean() })
    .nullable(),
}).meta({ id: 'RunDetail' });
export type RunDetail = z.infer<typeof RunDetail>;
