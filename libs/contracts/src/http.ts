import { z } from 'zod';
import { Bandwidth } from './bandwidth.js';
import { HealthState } from './health-state.js';
import { AgentPresence, ReceiverPresence, ReceiverSettings, VaultLimits } from './presence.js';
import { RunKind, RunState } from './run.js';
import { AgentId, SnapshotName } from './names.js';
import { SnapshotCounts } from './receipt.js';
import { Damage, SnapshotPlace } from './tasks.js';

/** Shapes of the REST API under /api/v1 that are not entities of their own. */

/** RFC 9457. `errors` places problems at fields, so that forms can show them there. */
export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string().optional(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof Problem>;

/** A page by keyset: pass `nextCursor` back as `cursor`; null at the end. */
export const pageOf = <T extends z.ZodType>(item: T, id: string) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() }).meta({ id });

export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(200).optional(),
});

/** `GET /api/v1/plans`. The total of its page counts all plans that fit. */
export const PlanQuery = PageQuery.extend({
  /** Part of the name, the agent or the source directory; capital or small does not matter. */
  search: z.string().min(1).max(200).optional(),
  agentId: AgentId.optional(),
  vaultId: z.uuid().optional(),
  paused: z.stringbool().optional(),
  /** As it is when the first page is asked for, and again at each further one. */
  health: HealthState.optional(),
  sort: z.enum(['created', 'name']).default('created'),
});
export type PlanQuery = z.infer<typeof PlanQuery>;

export const RunQuery = PageQuery.extend({
  planId: z.uuid().optional(),
  agentId: AgentId.optional(),
  /** Comma-separated or repeated. */
  state: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .transform((value) =>
      value === undefined ? undefined : [value].flat().flatMap((part) => part.split(',')),
    )
    .pipe(z.array(RunState).optional()),
  kind: RunKind.optional(),
  /** scheduledFor at or after / before. */
  since: z.iso.datetime({ offset: true }).optional(),
  until: z.iso.datetime({ offset: true }).optional(),
});
export type RunQuery = z.infer<typeof RunQuery>;

export const SnapshotQuery = PageQuery.extend({ planId: z.uuid().optional() });

export const EventQuery = z.object({ planId: z.uuid().optional(), runId: z.uuid().optional() });

export const RunAccepted = z.object({ runId: z.uuid() }).meta({ id: 'RunAccepted' });

export const AgentView = AgentPresence.partial()
  .extend({
    agentId: AgentPresence.shape.agentId,
    online: z.boolean(),
    seenAt: z.iso.datetime().nullable(),
    /** Limit of all its runs together; null: full speed. */
    bandwidth: Bandwidth.nullable(),
  })
  .meta({ id: 'Agent' });
export type AgentView = z.infer<typeof AgentView>;

export const AgentChange = z.object({ bandwidth: Bandwidth.nullable() }).strict().meta({ id: 'AgentChange' });
export type AgentChange = z.infer<typeof AgentChange>;

export const ReceiverView = ReceiverPresence.omit({ vaultPublicKey: true })
  .extend({
    online: z.boolean(),
    /** Started through the API on this machine: `DELETE` ends and forgets it. */
    startedHere: z.boolean(),
  })
  .meta({ id: 'Receiver' });
export type ReceiverView = z.infer<typeof ReceiverView>;

/** What is left out stays. */
export const ReceiverChange = ReceiverSettings.strict()
  .refine(
    (change) => change.maxClients !== undefined || change.draining !== undefined,
    'must name maxClients, draining or both',
  )
  .meta({ id: 'ReceiverChange' });
export type ReceiverChange = z.infer<typeof ReceiverChange>;

export const VaultView = z
  .object({
    id: z.uuid(),
    name: z.string(),
    layout: z.enum(['folders', 'packs']),
    receiversOnline: z.int(),
    freeBytes: z.number().nullable(),
    totalBytes: z.number().nullable(),
    snapshots: z.int(),
    firstSeenAt: z.iso.datetime(),
    ...VaultLimits.shape,
  })
  .meta({ id: 'Vault' });
export type VaultView = z.infer<typeof VaultView>;

/** What is left out stays; null takes a limit away. */
export const VaultChange = VaultLimits.partial()
  .strict()
  .refine((change) => Object.keys(change).length > 0, 'must name maxRuns, bytesPerSecond or both')
  .meta({ id: 'VaultChange' });
export type VaultChange = z.infer<typeof VaultChange>;

export const SnapshotView = z
  .object({
    id: z.uuid(),
    planId: z.uuid(),
    vaultId: z.uuid(),
    runId: z.uuid(),
    snapshot: SnapshotName,
    previous: SnapshotName.nullable(),
    manifestDigest: z.string(),
    counts: SnapshotCounts,
    committedAt: z.iso.datetime(),
    agentId: AgentId,
    ...SnapshotPlace.shape,
    /** Kept, whatever the retention says. */
    pinned: z.boolean(),
    /** Last time that every byte was read and as the manifest says. */
    verifiedAt: z.iso.datetime().nullable(),
    damages: z.array(Damage),
    removedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Snapshot' });
export type SnapshotView = z.infer<typeof SnapshotView>;
