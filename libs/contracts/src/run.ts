import { z } from 'zod';
import { AgentId, SnapshotName } from './names.js';
import { Receipt } from './receipt.js';

export const RunKind = z.enum(['backup', 'restore', 'verify', 'prune', 'drill']);
export type RunKind = z.infer<typeof RunKind>;

/**
 * waiting: due, not yet sent to its agent (overlap, no receiver, backoff: see `reason`). queued: on the agent's
 * queue. running: the agent has taken it. The other five are final.
 */
export const RunState = z.enum([
  'waiting',
  'queued',
  'running',
  'committed',
  'partial',
  'failed',
  'cancelled',
  'missed',
]);
export type RunState = z.infer<typeof RunState>;
export const FINAL_RUN_STATES = [
  'committed',
  'partial',
  'failed',
  'cancelled',
  'missed',
] as const satisfies RunState[];

export const RunCounts = z.object({
  /** Entries walked. */
  entries: z.int().nonnegative(),
  /** Regular files seen. */
  files: z.int().nonnegative(),
  /** Bytes read from the source. */
  bytesRead: z.int().nonnegative(),
  /** Bytes put on the wire by the agent, all attempts of this run together. */
  bytesSent: z.int().nonnegative(),
  /** Content bytes new in the vault. */
  bytesStored: z.int().nonnegative(),
  /** Files and directories with a problem. */
  filesFailed: z.int().nonnegative(),
});
export type RunCounts = z.infer<typeof RunCounts>;

/** A path of the source that was not stored as it should, with the reason in words. */
export const RunProblem = z.object({
  /** As UTF-8; bytes that are not are shown as U+FFFD. */
  path: z.string(),
  /** errno name or `CHANGED`, `VANISHED`, `BACKUP_DIR`. */
  code: z.string(),
  message: z.string(),
});
export type RunProblem = z.infer<typeof RunProblem>;

export const RunError = z.object({ code: z.string(), message: z.string(), retryable: z.boolean() });
export type RunError = z.infer<typeof RunError>;

export const Run = z
  .object({
    id: z.uuid(),
    planId: z.uuid(),
    planName: z.string(),
    agentId: AgentId,
    kind: RunKind,
    trigger: z.enum(['schedule', 'manual']),
    state: RunState,
    /** One sentence: why it waits, was missed, failed or is partial. */
    reason: z.string().nullable(),
    scheduledFor: z.iso.datetime(),
    queuedAt: z.iso.datetime().nullable(),
    startedAt: z.iso.datetime().nullable(),
    /** First byte towards a receiver. */
    connectedAt: z.iso.datetime().nullable(),
    finishedAt: z.iso.datetime().nullable(),
    durationMs: z.number().nullable(),
    attempts: z.int().nonnegative(),
    receiverId: z.string().nullable(),
    snapshot: SnapshotName.nullable(),
    counts: RunCounts,
    error: RunError.nullable(),
    receipt: Receipt.nullable(),
    /** What a run does that is no backup (`Task`), and what became of it (`TaskResult`). */
    task: z.looseObject({ kind: RunKind }).nullable(),
    taskResult: z.looseObject({ kind: RunKind }).nullable(),
  })
  .meta({ id: 'Run' });
export type Run = z.infer<typeof Run>;
