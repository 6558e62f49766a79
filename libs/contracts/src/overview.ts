import { z } from 'zod';
import { RunProgress } from './live.js';
import { AgentId } from './names.js';
import { HealthState } from './plan-health-view.js';
import { RunKind, RunState } from './run.js';

/** `GET /api/v1/overview`: is everything safe? One answer of bounded size, however many plans there are. */

const figure = z.int().nonnegative();

/** What a person can do about something, as a button: `subject` is the id of what it is done to. */
export const SuggestedAction = z.enum([
  'run-now',
  'resume',
  'verify',
  'open-plan',
  'open-run',
  'open-agent',
  'open-receivers',
  'open-vault',
  'start-agent',
  'start-receiver',
  'add-plan',
]);
export type SuggestedAction = z.infer<typeof SuggestedAction>;

export const Attention = z
  .object({
    about: z.enum(['plan', 'agent', 'receiver', 'vault', 'scheduler']),
    /** Id of what it is about. */
    subject: z.string(),
    name: z.string(),
    severity: z.enum(['critical', 'warning']),
    /** Of a plan. */
    state: HealthState.nullable(),
    agentId: AgentId.nullable(),
    /** The sentence that says what is wrong and why. */
    cause: z.string(),
    since: z.iso.datetime().nullable(),
    action: z.object({ kind: SuggestedAction, subject: z.string(), words: z.string() }),
  })
  .meta({ id: 'Attention' });
export type Attention = z.infer<typeof Attention>;

/** A run under way or waiting, with its latest progress if any was heard. */
export const OverviewRun = z
  .object({
    runId: z.uuid(),
    planId: z.uuid(),
    planName: z.string(),
    agentId: AgentId,
    kind: RunKind,
    state: RunState,
    reason: z.string().nullable(),
    scheduledFor: z.iso.datetime(),
    startedAt: z.iso.datetime().nullable(),
    receiverId: z.string().nullable(),
    progress: RunProgress.nullable(),
  })
  .meta({ id: 'OverviewRun' });
export type OverviewRun = z.infer<typeof OverviewRun>;

export const VaultSpace = z
  .object({
    vaultId: z.uuid(),
    name: z.string(),
    freeBytes: z.number().nullable(),
    totalBytes: z.number().nullable(),
    snapshots: figure,
    receiversOnline: figure,
    /** Null: too little is known, or it does not grow. */
    daysToFull: z.number().nonnegative().nullable(),
  })
  .meta({ id: 'VaultSpace' });
export type VaultSpace = z.infer<typeof VaultSpace>;

/** An allowed directory of an agent that no plan covers, or only some of what is in it. */
export const Unprotected = z
  .object({
    agentId: AgentId,
    online: z.boolean(),
    directory: z.string(),
    /** Plans that cover a part of it. */
    partly: z.array(z.string()).max(5),
  })
  .meta({ id: 'Unprotected' });
export type Unprotected = z.infer<typeof Unprotected>;

export const Overview = z
  .object({
    at: z.iso.datetime(),
    /** Worst first: the state of the worst plan that is not paused; null without any plan. */
    verdict: HealthState.nullable(),
    /** One sentence that answers the question. */
    sentence: z.string(),
    /** Since when everything is as safe as promised; null while it is not, or never was. */
    safeSince: z.iso.datetime().nullable(),
    /** Oldest age of a newest good snapshot among the plans that are not paused. */
    oldestHeldSeconds: figure.nullable(),
    plans: z.object({ total: figure, counts: z.record(HealthState, figure), broken: figure }),
    /** Worst first. */
    attention: z.object({ items: z.array(Attention).max(50), total: figure }),
    running: z.object({ items: z.array(OverviewRun).max(50), total: figure }),
    waiting: z.object({ items: z.array(OverviewRun).max(20), total: figure }),
    /** Soonest first. */
    next: z
      .array(z.object({ planId: z.uuid(), planName: z.string(), agentId: AgentId, dueAt: z.iso.datetime() }))
      .max(10),
    lastBackup: z
      .object({
        runId: z.uuid(),
        planId: z.uuid(),
        planName: z.string(),
        agentId: AgentId,
        state: RunState,
        finishedAt: z.iso.datetime(),
        files: figure,
        bytesStored: figure,
      })
      .nullable(),
    unprotected: z.object({ items: z.array(Unprotected).max(50), total: figure }),
    vaults: z.array(VaultSpace).max(100),
    agents: z.object({ total: figure, online: figure }),
    receivers: z.object({
      total: figure,
      online: figure,
      draining: figure,
      activeSessions: figure,
      maxClients: figure,
    }),
    /** What a new installation has done already. */
    setup: z.object({
      receiver: z.boolean(),
      agent: z.boolean(),
      plan: z.boolean(),
      backup: z.boolean(),
      restore: z.boolean(),
    }),
  })
  .meta({ id: 'Overview' });
export type Overview = z.infer<typeof Overview>;
