import { z } from 'zod';
import { Bandwidth } from './bandwidth.js';
import { AgentId } from './names.js';
import { RunOrder } from './plan.js';
import { Receipt } from './receipt.js';
import { ReceiverOffer } from './receiver-offer.js';
import { RunCounts, RunError, RunProblem } from './run.js';
import { SnapshotPlace, TaskAlive, TaskEnded, TaskStarted, vaultQueue } from './tasks.js';

/**
 * Names and payloads of everything that crosses Redis. One queue per kind of job. Redis holds triggers, never
 * truth: each job may be lost, doubled or late, and the ledger or the vault repairs it.
 */

/** BullMQ prefix of one queue: a hash tag of its own, so that a Redis Cluster spreads queues over its nodes. */
export function queuePrefix(queue: string): string {
  return `pbk:{${queue}}`;
}

/** One tiny job per plan and due time; job schedulers live here under the plan's id. Read by the scheduler. */
export const TICKS = 'ticks';
export const TickJob = z.object({ planId: z.uuid() });

/** A plan was made, changed, paused, resumed or deleted: bring its job scheduler in line. Read by the scheduler. */
export const PLAN_CHANGES = 'plan-changes';
export const PlanChangeJob = z.object({ planId: z.uuid() });

/** A row of `run_requests` wants attention (start or cancel). Read by the scheduler. */
export const RUN_REQUESTS = 'run-requests';
export const RunRequestJob = z.object({ requestId: z.uuid() });

/** What happened to runs. Written by agents and receivers, read by the scheduler. */
export const RUN_EVENTS = 'run-events';
/**
 * Job ids there begin with who reports: its Redis user may touch no other job of the queue.
 */
export const reportJobId = (role: 'agent' | 'receiver', id: string, report: string): string =>
  `${role}-${id}.${report}`;

/** Runs of one agent. Job id: `<runId>.<epoch>`. */
export const agentQueue = (agentId: string): string => `agent-${agentId}`;
/** Requests to stop a run on one agent. */
export const agentCancelQueue = (agentId: string): string => `agent-cancel-${agentId}`;

/**
 * Redis hash of a verification that receivers share. Its field `epoch` is the attempt that counts: receivers end what
 * they read for a lower one. Each value is signed with the vault's key. In `VERIFICATION_STOPPED` the scheduler puts a
 * ticket (`CancelClaims`) when the run was cancelled.
 */
export const verificationKey = (vaultId: string, runId: string): string =>
  `${queuePrefix(vaultQueue(vaultId))}:parts:${runId}`;
export const VERIFICATION_STOPPED = 'stopped';
export const VERIFICATION_KEPT_SECONDS = 86_400;

export const RunJob = z.object({
  order: RunOrder,
  ticket: z.string(),
  /** Best first. */
  receivers: z.array(ReceiverOffer).min(1),
  /** PEM: only a receipt that this key of the vault has signed counts. Covered by the ticket, as the two others are. */
  vaultKey: z.string().max(1000).optional(),
  /** Limits that are not the plan's, as they stood at dispatch: of all jobs an agent got, the newest counts. */
  limits: z.object({ agent: Bandwidth.nullable() }).optional(),
});
export type RunJob = z.infer<typeof RunJob>;

/** `ticket`: `CancelClaims`. */
export const CancelJob = z.object({ runId: z.uuid(), ticket: z.string() });
export type CancelJob = z.infer<typeof CancelJob>;

const Attempt = z.object({
  runId: z.uuid(),
  epoch: z.int().positive(),
  agentId: AgentId,
  at: z.iso.datetime(),
});

/** An agent or a receiver was shown something that nobody of ours had signed. It had no effect; people should know. */
export const Refused = z.object({
  type: z.literal('refused'),
  /** The agent's or receiver's id. */
  by: z.string().max(200),
  at: z.iso.datetime(),
  what: z.enum(['job', 'cancel', 'question', 'ticket', 'certificate', 'revocations', 'part']),
  runId: z.uuid().nullable(),
  reason: z.string().max(500),
});
export type Refused = z.infer<typeof Refused>;

export const RunEvent = z.discriminatedUnion('type', [
  /** The agent has taken the run. */
  Attempt.extend({ type: z.literal('started') }),
  /** First byte towards a receiver. */
  Attempt.extend({ type: z.literal('connected'), receiverId: z.string() }),
  /** Every 5 s while the run lives on its agent. */
  Attempt.extend({ type: z.literal('alive'), counts: RunCounts }),
  /** The agent is done with this attempt, receipt or error. `problems` holds at most 1000; `counts.filesFailed` is exact. */
  Attempt.extend({
    type: z.literal('ended'),
    counts: RunCounts,
    problems: z.array(RunProblem).max(1000),
    receipt: Receipt.nullable(),
    error: RunError.nullable(),
  }),
  /**
   * A receiver's word, sent at commit and again at its start for recent ones: the vault's word beats the ledger's. `at`:
   * when it was said.
   */
  z.object({
    type: z.literal('receipt'),
    receipt: Receipt,
    place: SnapshotPlace.optional(),
    at: z.iso.datetime().optional(),
  }),
  /** An agent has started (again): none of its earlier attempts lives, except the named. */
  z.object({
    type: z.literal('agent-started'),
    agentId: AgentId,
    at: z.iso.datetime(),
    runIds: z.array(z.uuid()),
  }),
  TaskStarted,
  TaskAlive,
  TaskEnded,
  Refused,
]);
export type RunEvent = z.infer<typeof RunEvent>;
