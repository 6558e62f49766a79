import { z } from 'zod';
import { AgentId, FolderName, SnapshotName } from './names.js';
import { ReceiverOffer } from './receiver-offer.js';
import { RunCounts, RunError, RunProblem } from './run.js';

/**
 * Runs that are not backups. A task is what such a run does, as a person or a schedule asked for it; it stands in the
 * run's row for ever. Restores and drills go to an agent's queue, verification and pruning to a vault's.
 */

/** Where the snapshots of a plan lie in its vault. */
export const SnapshotPlace = z.object({ agentFolder: FolderName, planFolder: FolderName });
export type SnapshotPlace = z.infer<typeof SnapshotPlace>;

/** A path inside a snapshot: its bytes in base64, for names need not be UTF-8. Empty: the snapshot itself. */
export const PathBytes = z.base64();

const Destination = z
  .string()
  .max(4096)
  .startsWith('/', 'must be an absolute path, such as /srv/restored')
  .refine((path) => !path.includes('\0'), 'must not hold NUL');

/**
 * What happens where something stands in a file's way: `fail` ends the run before anything is written, `skip` leaves
 * what is there, `rename` puts the restored file beside it, `overwrite` replaces it.
 */
export const ConflictRule = z.enum(['fail', 'skip', 'rename', 'overwrite']);
export type ConflictRule = z.infer<typeof ConflictRule>;

export const RestoreTask = z.object({
  kind: z.literal('restore'),
  snapshot: SnapshotName,
  /** The agent that writes, which need not be the one that sent. */
  agentId: AgentId,
  /** What is restored, each with all below it; null: all. */
  paths: z.array(PathBytes).min(1).max(10_000).nullable(),
  /** Directory that takes the tree; made if it is not there. For "in place" it is the plan's source directory. */
  destination: Destination,
  conflict: ConflictRule,
  /** Only says what would happen. */
  dryRun: z.boolean(),
});
export type RestoreTask = z.infer<typeof RestoreTask>;

export const DrillTask = z.object({
  kind: z.literal('drill'),
  snapshot: SnapshotName,
  agentId: AgentId,
  /** Files drawn at random; null: the whole snapshot. */
  sampleFiles: z.int().min(1).max(1_000_000).nullable(),
  /** Draws the same sample again. */
  seed: z.int().min(0).max(4_294_967_295),
});
export type DrillTask = z.infer<typeof DrillTask>;

export const VerifyTask = z.object({
  kind: z.literal('verify'),
  /** Null: every snapshot of the plan. Content that several share is read once. */
  snapshots: z.array(SnapshotName).min(1).max(10_000).nullable(),
  /** Of each receiver that takes part; null: as fast as it reads. */
  bytesPerSecond: z.int().min(65_536).nullable(),
});
export type VerifyTask = z.infer<typeof VerifyTask>;

export const PruneTask = z.object({
  kind: z.literal('prune'),
  snapshots: z.array(SnapshotName).min(1).max(10_000),
  /** For plans that move: a snapshot stays if it holds a path that no newer one has. */
  keepOnlyCopies: z.boolean(),
});
export type PruneTask = z.infer<typeof PruneTask>;

export const Task = z.discriminatedUnion('kind', [RestoreTask, DrillTask, VerifyTask, PruneTask]);
export type Task = z.infer<typeof Task>;

/** What an attempt of a task does; bound to the ticket by its digest. */
export const TaskOrder = z.object({
  runId: z.uuid(),
  /** Strictly greater for every attempt of this run. */
  epoch: z.int().positive(),
  planId: z.uuid(),
  vaultId: z.uuid(),
  place: SnapshotPlace,
  task: Task,
});
export type TaskOrder = z.infer<typeof TaskOrder>;

/** On an agent's queue beside its backups (`RunJob`): told apart by the member `taskOrder`. Job id: `<runId>.<epoch>`. */
export const AgentTaskJob = z.object({
  taskOrder: TaskOrder,
  /** A ticket to read (`ReadClaims`). */
  ticket: z.string(),
  receivers: z.array(ReceiverOffer).min(1),
});
export type AgentTaskJob = z.infer<typeof AgentTaskJob>;

/** Work on a vault that any of its receivers takes. */
export const vaultQueue = (vaultId: string): string => `vault-${vaultId}`;

/** Also added by receivers themselves: a verification is split into parts. Job id of the first: `<runId>.<epoch>`. */
export const VaultJob = z.discriminatedUnion('type', [
  /** `ticket`: `MaintainClaims`. */
  z.object({ type: z.literal('task'), taskOrder: TaskOrder, ticket: z.string() }),
  z.object({
    type: z.literal('verify-part'),
    taskOrder: TaskOrder,
    /** Paths from `from` (included; null: the first) to `to` (excluded; null: the last). */
    from: PathBytes.nullable(),
    to: PathBytes.nullable(),
    /** By the vault's key over all of this (purpose `part`): only receivers of the vault cut a verification. */
    proof: z.string(),
  }),
  /** Report every snapshot of the vault: the ledger is rebuilt from its receipts. */
  z.object({ type: z.literal('reindex'), ticket: z.string() }),
]);
export type VaultJob = z.infer<typeof VaultJob>;

/** Damage that a verification found. */
export const Damage = z.object({
  snapshot: SnapshotName,
  /** As UTF-8; null: the manifest or the receipt itself. */
  path: z.string().nullable(),
  what: z.string(),
});
export type Damage = z.infer<typeof Damage>;

/** What became of a task, by kind. Lists hold at most 1000. */
export const TaskResult = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('restore'),
    /** Entries by what happened to them, or would happen in a dry run. */
    created: z.int().nonnegative(),
    overwritten: z.int().nonnegative(),
    skipped: z.int().nonnegative(),
    renamed: z.int().nonnegative(),
    /** Already there, the same. */
    unchanged: z.int().nonnegative(),
    /** Of a dry run: what would happen to whom. */
    plan: z.array(z.object({ path: z.string(), action: z.string() })).max(1000),
  }),
  z.object({
    kind: z.literal('drill'),
    files: z.int().nonnegative(),
    bytes: z.int().nonnegative(),
    /** From the first byte asked for to the last one written and compared. */
    durationMs: z.number().nonnegative(),
    seed: z.int().nonnegative(),
  }),
  z.object({
    kind: z.literal('verify'),
    /** Fully read and as their manifests say. */
    verified: z.array(SnapshotName).max(10_000),
    filesRead: z.int().nonnegative(),
    bytesRead: z.int().nonnegative(),
    damages: z.array(Damage).max(1000),
    damageCount: z.int().nonnegative(),
  }),
  z.object({
    kind: z.literal('prune'),
    removed: z.array(SnapshotName).max(10_000),
    /** Not removed, and why; asked for again later. */
    kept: z.array(z.object({ snapshot: SnapshotName, reason: z.string() })).max(10_000),
  }),
]);
export type TaskResult = z.infer<typeof TaskResult>;

const TaskAttempt = z.object({
  runId: z.uuid(),
  epoch: z.int().positive(),
  /** The agent's or receiver's id. */
  by: z.string(),
  at: z.iso.datetime(),
});

/** What happens to tasks, on the queue `run-events`. */
export const TaskStarted = TaskAttempt.extend({ type: z.literal('task-started') });
/** At least every 5 s while the task lives. */
export const TaskAlive = TaskAttempt.extend({ type: z.literal('task-alive'), counts: RunCounts });
/** The attempt is over. Damage found by a verification is a result, not an error. */
export const TaskEnded = TaskAttempt.extend({
  type: z.literal('task-ended'),
  counts: RunCounts,
  problems: z.array(RunProblem).max(1000),
  result: TaskResult.nullable(),
  error: RunError.nullable(),
});
