import { z } from 'zod';
import { AgentId, SnapshotName } from './names.js';
import { RunState } from './run.js';
import { DrillTask, PathBytes, RestoreTask, VerifyTask } from './tasks.js';

/** What people ask for that is no backup: bodies of REST, turned into `Task`s by the admin API. */

/** A path inside a snapshot: text, or its bytes in base64 if it is not UTF-8. */
export const PathChoice = z.union([
  z.string().min(1, 'must not be empty: leave "paths" out to restore everything').max(4096),
  z.object({ pathBytes: PathBytes.min(1).max(5500) }).strict(),
]);
export type PathChoice = z.infer<typeof PathChoice>;

export const RestoreRequest = z
  .object({
    /** Who writes; left out: the agent that the snapshot came from. */
    agentId: AgentId.optional(),
    /** Each with all below it; left out: everything. */
    paths: z.array(PathChoice).min(1).max(10_000).optional(),
    /** Directory on that agent that takes the tree. */
    destination: RestoreTask.shape.destination.optional(),
    /** Instead: where it came from, the plan's source directory. */
    inPlace: z.boolean().default(false),
    conflict: RestoreTask.shape.conflict.default('fail'),
    dryRun: z.boolean().default(false),
  })
  .strict()
  .refine(({ destination, inPlace }) => (destination === undefined) === inPlace, {
    path: ['destination'],
    message: 'is needed, or "inPlace": true instead of it, never both',
  })
  .meta({ id: 'RestoreRequest' });
export type RestoreRequest = z.infer<typeof RestoreRequest>;

export const VerifyRequest = z
  .object({ bytesPerSecond: VerifyTask.shape.bytesPerSecond.default(null) })
  .strict()
  .meta({ id: 'VerifyRequest' });
export type VerifyRequest = z.infer<typeof VerifyRequest>;

export const DrillRequest = z
  .object({
    /** Left out: the newest of the plan. */
    snapshotId: z.uuid().optional(),
    /** Left out: the agent that the snapshot came from. */
    agentId: AgentId.optional(),
    /** Files drawn at random; null or left out: the whole snapshot. */
    sampleFiles: DrillTask.shape.sampleFiles.default(null),
    /** Left out: another sample each time. */
    seed: DrillTask.shape.seed.optional(),
  })
  .strict()
  .meta({ id: 'DrillRequest' });
export type DrillRequest = z.infer<typeof DrillRequest>;

/** A drill and the restore time it measured. */
export const DrillView = z
  .object({
    runId: z.uuid(),
    state: RunState,
    reason: z.string().nullable(),
    agentId: AgentId,
    snapshot: SnapshotName,
    sampleFiles: DrillTask.shape.sampleFiles,
    seed: DrillTask.shape.seed,
    requestedAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
    /** Measured, null until it has ended well. */
    files: z.int().nonnegative().nullable(),
    bytes: z.int().nonnegative().nullable(),
    durationMs: z.number().nonnegative().nullable(),
    bytesPerSecond: z.number().nonnegative().nullable(),
  })
  .meta({ id: 'Drill' });
export type DrillView = z.infer<typeof DrillView>;

/** Without a receiver online it begins when one comes. */
export const ReindexAccepted = z
  .object({ vaultId: z.uuid(), receiversOnline: z.int().nonnegative() })
  .meta({ id: 'ReindexAccepted' });
