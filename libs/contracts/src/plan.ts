import { z } from 'zod';
import { Bandwidth } from './bandwidth.js';
import { AgentId, FolderName } from './names.js';
import { Retention } from './retention.js';

/** When a plan is due: a period on the grid of the epoch, or a cron expression in a time zone. */
export const Schedule = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('every'),
    everySeconds: z
      .int('must be a whole number of seconds')
      .min(10, 'must be at least 10 seconds')
      .max(31_622_400),
  }),
  z.object({
    kind: z.literal('cron'),
    /** Five fields. */
    cron: z.string().min(1, 'must not be empty').max(200),
    /** IANA name. */
    timezone: z.string().min(1).max(64).default('UTC'),
  }),
]);
export type Schedule = z.infer<typeof Schedule>;

export const AfterTransmit = z.enum(['keep', 'copy', 'move']);
export type AfterTransmit = z.infer<typeof AfterTransmit>;

const AbsolutePath = z
  .string()
  .max(4096)
  .startsWith('/', 'must be an absolute path, such as /srv/documents')
  .refine((path) => !path.includes('\0'), 'must not hold NUL');

/** What a run does on its agent, as the plan stood when the run was dispatched. Bound to the ticket by its digest. */
export const RunOrder = z.object({
  runId: z.uuid(),
  epoch: z.int().positive(),
  planId: z.uuid(),
  agentId: AgentId,
  sourceDir: AbsolutePath,
  /** gitignore syntax, in order. */
  excludes: z.array(z.string().min(1).max(1000)).max(1000),
  afterTransmit: AfterTransmit,
  backupDir: AbsolutePath.nullable(),
  vaultId: z.uuid(),
  /** Of the plan; left out: full speed. */
  bandwidth: Bandwidth.optional(),
});
export type RunOrder = z.infer<typeof RunOrder>;

/** Every field of a plan that people choose. */
export const PlanFields = z.object({
  /** Unique per agent; becomes a folder of the vault and cannot be changed later. */
  name: FolderName,
  agentId: AgentId,
  sourceDir: AbsolutePath,
  excludes: z.array(z.string().min(1).max(1000)).max(1000),
  afterTransmit: AfterTransmit,
  backupDir: AbsolutePath.nullable(),
  schedule: Schedule,
  vaultId: z.uuid(),
  /** Limit of each run; null: full speed. */
  bandwidth: Bandwidth.nullable(),
  /** Which snapshots stay; null: all of them. */
  retention: Retention.nullable(),
  /** Promised age of the newest good snapshot; null: twice the period. */
  recoveryPointSeconds: z.int('must be a whole number of seconds').min(60).max(31_622_400).nullable(),
  /** When every snapshot is read again and compared with its manifest; null: only by hand. */
  verifySchedule: Schedule.nullable(),
});

/** True if the rule has the directory that it needs. */
export const backupDirFits = (plan: {
  readonly afterTransmit?: AfterTransmit | undefined;
  readonly backupDir?: string | null | undefined;
}): boolean => plan.afterTransmit === undefined || plan.afterTransmit === 'keep' || !!plan.backupDir;
/** The schema takes a copy: it keeps its own words in what it is given. */
export const backupDirNeeded = {
  path: ['backupDir'],
  message: 'is needed for the rules copy and move: name the directory that keeps the copies',
};

const withDefaults = {
  excludes: PlanFields.shape.excludes.default([]),
  afterTransmit: AfterTransmit.default('keep'),
  backupDir: PlanFields.shape.backupDir.default(null),
  bandwidth: PlanFields.shape.bandwidth.default(null),
  retention: PlanFields.shape.retention.default(null),
  recoveryPointSeconds: PlanFields.shape.recoveryPointSeconds.default(null),
  verifySchedule: PlanFields.shape.verifySchedule.default(null),
};

export const PlanInput = PlanFields.extend(withDefaults)
  .strict()
  .refine(backupDirFits, { ...backupDirNeeded })
  .meta({ id: 'PlanInput' });
export type PlanInput = z.infer<typeof PlanInput>;

/** A receiver by the address that it listens on or announces. */
export const ReceiverAddress = z
  .object({
    host: z.string().min(1, 'must name a host').max(253),
    port: z.int('must be a port number').min(1, 'must be at least 1').max(65535, 'must be at most 65535'),
  })
  .strict();
export type ReceiverAddress = z.infer<typeof ReceiverAddress>;

export const destinationNeeded = {
  path: ['vaultId'],
  message: 'is missing: name it, or a "receiver" by host and port instead',
};

/** A plan as people describe it: where to, by the vault or by the address of a receiver that serves it. */
export const PlanRequest = PlanFields.extend({
  ...withDefaults,
  vaultId: z.uuid().optional(),
  /** Instead of the vault: that which this receiver serves when the plan is saved. */
  receiver: ReceiverAddress.optional(),
})
  .strict()
  .refine(backupDirFits, { ...backupDirNeeded })
  .refine(({ vaultId, receiver }) => vaultId !== undefined || receiver !== undefined, {
    ...destinationNeeded,
  })
  .refine(({ vaultId, receiver }) => vaultId === undefined || receiver === undefined, {
    path: ['receiver'],
    message: 'and "vaultId" exclude each other: name one',
  })
  .meta({ id: 'PlanRequest' });
export type PlanRequest = z.infer<typeof PlanRequest>;

/** A plan whose agent and name stand in the address; if the body repeats them, they must agree. */
export const PlanByName = z
  .object(PlanRequest.shape)
  .extend({ name: FolderName.optional(), agentId: AgentId.optional() })
  .strict()
  .meta({ id: 'PlanByName' });

/** Changes of a plan; what is left out stays. Name, agent and vault stay for ever: they are where the snapshots lie. */
export const PlanPatch = PlanFields.omit({ name: true, agentId: true, vaultId: true })
  .partial()
  .strict()
  .refine(backupDirFits, { ...backupDirNeeded })
  .meta({ id: 'PlanPatch' });
export type PlanPatch = z.infer<typeof PlanPatch>;

export const Plan = PlanFields.extend({
  id: z.uuid(),
  pausedAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  /** The next instant it is due, null while paused. */
  nextDueAt: z.iso.datetime().nullable(),
}).meta({ id: 'Plan' });
export type Plan = z.infer<typeof Plan>;
