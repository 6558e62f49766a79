import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  index,
  integer,
  jsonb,
  pgEnum,
  pgTable,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import type {
  AlertKind,
  AlertMessage,
  AlertSeverity,
  AlertThresholds,
  Bandwidth,
  Damage,
  DeliveryAttempt,
  PingEvent,
  Receipt,
  Retention,
  RunError,
  Schedule,
  SnapshotCounts,
  StoredChannelSettings,
  Task,
  TaskResult,
} from '@periodic-backup/contracts';
import { count, instant } from './columns.js';

/**
 * The ledger's tables. Each has one writer, named above it; everyone may read. Descending indexes say "nulls first":
 * only then does one serve a plain `order by … desc` (drizzle's default is nulls last).
 */

export const runState = pgEnum('run_state', [
  'waiting',
  'queued',
  'running',
  'committed',
  'partial',
  'failed',
  'cancelled',
  'missed',
]);
export const runKind = pgEnum('run_kind', ['backup', 'restore', 'verify', 'prune', 'drill']);
export const runTrigger = pgEnum('run_trigger', ['schedule', 'manual']);
export const afterTransmit = pgEnum('after_transmit', ['keep', 'copy', 'move']);

/** Writer: admin-api. Agents it has seen announce themselves. */
export const agents = pgTable('agents', {
  id: text('id').primaryKey(),
  hostname: text('hostname').notNull(),
  version: text('version').notNull(),
  firstSeenAt: instant('first_seen_at').notNull().defaultNow(),
  lastSeenAt: instant('last_seen_at').notNull().defaultNow(),
});

/** Writer: admin-api. Deleted plans keep their row: their snapshots still exist. */
export const plans = pgTable(
  'plans',
  {
    id: uuid('id').primaryKey(),
    name: text('name').notNull(),
    agentId: text('agent_id').notNull(),
    sourceDir: text('source_dir').notNull(),
    excludes: jsonb('excludes').$type<string[]>().notNull(),
    afterTransmit: afterTransmit('after_transmit').notNull(),
    backupDir: text('backup_dir'),
    schedule: jsonb('schedule').$type<Schedule>().notNull(),
    vaultId: uuid('vault_id').notNull(),
    bandwidth: jsonb('bandwidth').$type<Bandwidth>(),
    retention: jsonb('retention').$type<Retention>(),
    recoveryPointSeconds: integer('recovery_point_seconds'),
    verifySchedule: jsonb('verify_schedule').$type<Schedule>(),
    pausedAt: instant('paused_at'),
    deletedAt: instant('deleted_at'),
    createdAt: instant('created_at').notNull().defaultNow(),
    updatedAt: instant('updated_at').notNull().defaultNow(),
    /** Due times before this instant are not owed: creation, last change of schedule, or resume. */
    dueFrom: instant('due_from').notNull().defaultNow(),
  },
  (table) => [
    // Also deleted ones: a name is a folder of the vault for ever.
    uniqueIndex('plans_agent_name').on(table.agentId, table.name),
    index('plans_live')
      .on(table.id)
      .where(sql`deleted_at is null`),
  ],
);

/** Writer: admin-api. Wishes of people: truth until a run (start) or its end (cancel) answers them. */
export const runRequests = pgTable(
  'run_requests',
  {
    id: uuid('id').primaryKey(),
    kind: text('kind').$type<'start' | 'cancel'>().notNull(),
    planId: uuid('plan_id').notNull(),
    /** The run to start (id chosen by the writer) or to cancel. */
    runId: uuid('run_id').notNull(),
    /** What the run to start does; null: a backup. */
    task: jsonb('task').$type<Task>(),
    requestedAt: instant('requested_at').notNull().defaultNow(),
  },
  (table) => [index('run_requests_run').on(table.runId), index('run_requests_at').on(table.requestedAt)],
);

/** Writer: admin-api. Settings of receivers that outlive them and Redis. */
export const receiverSettings = pgTable('receiver_settings', {
  receiverId: text('receiver_id').primaryKey(),
  /** Null: as the receiver is configured. */
  maxClients: integer('max_clients'),
  draining: boolean('draining').notNull().default(false),
  updatedAt: instant('updated_at').notNull().defaultNow(),
});

/** Writer: admin-api. Limits of agents, known or not yet. */
export const agentLimits = pgTable('agent_limits', {
  agentId: text('agent_id').primaryKey(),
  bandwidth: jsonb('bandwidth').$type<Bandwidth>(),
  updatedAt: instant('updated_at').notNull().defaultNow(),
});

/** Writer: admin-api. Limits of vaults; the vaults themselves have another writer. */
export const vaultLimits = pgTable('vault_limits', {
  vaultId: uuid('vault_id').primaryKey(),
  maxRuns: integer('max_runs'),
  bytesPerSecond: bigint('bytes_per_second', { mode: 'number' }),
  updatedAt: instant('updated_at').notNull().defaultNow(),
});

/** Writer: scheduler. Vaults announced by receivers; the public key is pinned at first sight. */
export const vaults = pgTable('vaults', {
  id: uuid('id').primaryKey(),
  name: text('name').notNull(),
  layout: text('layout').$type<'folders' | 'packs'>().notNull(),
  publicKey: text('public_key').notNull(),
  firstSeenAt: instant('first_seen_at').notNull().defaultNow(),
});

/** Writer: scheduler. Every tick that was due and every manual start, whatever became of it. */
export const runs = pgTable(
  'runs',
  {
    id: uuid('id').primaryKey(),
    planId: uuid('plan_id').notNull(),
    agentId: text('agent_id').notNull(),
    kind: runKind('kind').notNull().default('backup'),
    trigger: runTrigger('trigger').notNull(),
    state: runState('state').notNull(),
    reason: text('reason'),
    scheduledFor: instant('scheduled_for').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
    /** Not dispatched before this instant (backoff between attempts, start spread). */
    notBefore: instant('not_before'),
    /** It waits for nothing but its turn (limit of its vault, start spread): a later tick does not displace it. */
    heldBack: boolean('held_back').notNull().default(false),
    queuedAt: instant('queued_at'),
    startedAt: instant('started_at'),
    connectedAt: instant('connected_at'),
    finishedAt: instant('finished_at'),
    /** The agent's last sign of life. */
    aliveAt: instant('alive_at'),
    cancelRequestedAt: instant('cancel_requested_at'),
    attempts: integer('attempts').notNull().default(0),
    /** Fencing number of the newest attempt, 0 before the first. */
    epoch: bigint('epoch', { mode: 'number' }).notNull().default(0),
    receiverId: text('receiver_id'),
    snapshot: text('snapshot'),
    entries: count('entries'),
    files: count('files'),
    bytesRead: count('bytes_read'),
    /** Of ended attempts. */
    bytesSentBefore: count('bytes_sent_before'),
    /** Of the running attempt. */
    bytesSent: count('bytes_sent'),
    bytesStored: count('bytes_stored'),
    filesFailed: count('files_failed'),
    error: jsonb('error').$type<RunError>(),
    receipt: jsonb('receipt').$type<Receipt>(),
    /** What a run does that is no backup, and what became of it. */
    task: jsonb('task').$type<Task>(),
    taskResult: jsonb('task_result').$type<TaskResult>(),
  },
  (table) => [
    uniqueIndex('runs_tick')
      .on(table.planId, table.kind, table.scheduledFor)
      .where(sql`trigger = 'schedule'`),
    // One run of a plan at a time, at most one waiting behind it: the database says no, whoever asks.
    uniqueIndex('runs_one_active')
      .on(table.planId, table.kind)
      .where(sql`state in ('queued', 'running') and kind <> 'restore'`),
    uniqueIndex('runs_one_waiting')
      .on(table.planId, table.kind)
      .where(sql`state = 'waiting' and kind <> 'restore'`),
    index('runs_open')
      .on(table.state, table.scheduledFor)
      .where(sql`state in ('waiting', 'queued', 'running')`),
    // The queue before the vaults' limits: short, and asked at every end of a run.
    index('runs_held_back')
      .on(table.scheduledFor, table.id)
      .where(sql`held_back`),
    index('runs_by_time').on(table.scheduledFor.desc().nullsFirst(), table.id.desc().nullsFirst()),
    index('runs_by_plan').on(
      table.planId,
      table.scheduledFor.desc().nullsFirst(),
      table.id.desc().nullsFirst(),
    ),
    index('runs_by_state').on(
      table.state,
      table.scheduledFor.desc().nullsFirst(),
      table.id.desc().nullsFirst(),
    ),
    // The failures of one plan, its last success: without a walk over all its other runs.
    index('runs_by_plan_state').on(
      table.planId,
      table.state,
      table.scheduledFor.desc().nullsFirst(),
      table.id.desc().nullsFirst(),
    ),
    index('runs_by_agent').on(
      table.agentId,
      table.scheduledFor.desc().nullsFirst(),
      table.id.desc().nullsFirst(),
    ),
    // Backups are nearly all runs: only the rare kinds need an index to be found by.
    index('runs_by_rare_kind')
      .on(table.kind, table.scheduledFor.desc().nullsFirst(), table.id.desc().nullsFirst())
      .where(sql`kind <> 'backup'`),
  ],
);

/** Writer: scheduler. At most 1000 per run. */
export const runProblems = pgTable(
  'run_problems',
  {
    runId: uuid('run_id').notNull(),
    position: integer('position').notNull(),
    path: text('path').notNull(),
    code: text('code').notNull(),
    message: text('message').notNull(),
  },
  (table) => [uniqueIndex('run_problems_key').on(table.runId, table.position)],
);

/** Writer: scheduler. Attempts that came to no good end; one that commits needs no row. */
export const failedAttempts = pgTable(
  'failed_attempts',
  {
    runId: uuid('run_id').notNull(),
    /** 1 is the first. */
    attempt: integer('attempt').notNull(),
    endedAt: instant('ended_at').notNull(),
    receiverId: text('receiver_id'),
    code: text('code').notNull(),
    message: text('message').notNull(),
  },
  (table) => [uniqueIndex('failed_attempts_key').on(table.runId, table.attempt)],
);

/** Writer: scheduler. The space of each vault, once an hour; after a while once a day is kept. */
export const vaultSamples = pgTable(
  'vault_samples',
  {
    vaultId: uuid('vault_id').notNull(),
    /** The beginning of its hour. */
    at: instant('at').notNull(),
    /** Content that the snapshots that were there had brought with them. */
    storedBytes: bigint('stored_bytes', { mode: 'number' }).notNull(),
    snapshots: integer('snapshots').notNull(),
    /** Of the disk; null: no receiver was there to say. */
    freeBytes: bigint('free_bytes', { mode: 'number' }),
    totalBytes: bigint('total_bytes', { mode: 'number' }),
  },
  (table) => [uniqueIndex('vault_samples_key').on(table.vaultId, table.at)],
);

/** Writer: admin-api. Snapshots that people want to keep, whatever the retention says. */
export const snapshotPins = pgTable('snapshot_pins', {
  snapshotId: uuid('snapshot_id').primaryKey(),
  pinnedAt: instant('pinned_at').notNull().defaultNow(),
});

/** Writer: scheduler. Every snapshot a genuine receipt spoke of, also of plans and agents the ledger does not know. */
export const snapshots = pgTable(
  'snapshots',
  {
    id: uuid('id').primaryKey(),
    planId: uuid('plan_id').notNull(),
    vaultId: uuid('vault_id').notNull(),
    runId: uuid('run_id').notNull(),
    snapshot: text('snapshot').notNull(),
    previous: text('previous'),
    manifestDigest: text('manifest_digest').notNull(),
    counts: jsonb('counts').$type<SnapshotCounts>().notNull(),
    committedAt: instant('committed_at').notNull(),
    agentId: text('agent_id').notNull(),
    /** Where it lies in its vault. */
    agentFolder: text('agent_folder').notNull(),
    planFolder: text('plan_folder').notNull(),
    /** Last time that every byte was read and as the manifest says. */
    verifiedAt: instant('verified_at'),
    /** What the last verification found; null: nothing, or it was never verified. At most 1000. */
    damages: jsonb('damages').$type<Damage[]>(),
    /** By retention. */
    removedAt: instant('removed_at'),
  },
  (table) => [
    uniqueIndex('snapshots_run').on(table.runId),
    index('snapshots_by_plan').on(
      table.planId,
      table.committedAt.desc().nullsFirst(),
      table.id.desc().nullsFirst(),
    ),
    index('snapshots_by_time').on(table.committedAt.desc().nullsFirst(), table.id.desc().nullsFirst()),
    // Which snapshot of a plan was not read for the longest time: without a look at all of them.
    index('snapshots_least_verified')
      .on(table.planId, sql`coalesce(verified_at, committed_at)`)
      .where(sql`removed_at is null`),
    index('snapshots_by_vault').on(table.vaultId),
    index('snapshots_damaged')
      .on(table.planId)
      .where(sql`damages is not null and removed_at is null`),
  ],
);

/** Writer: admin-api. Where alerts go; `settings` hold secrets, sealed with a key that is not here. */
export const alertChannels = pgTable(
  'alert_channels',
  {
    id: uuid('id').primaryKey(),
    name: text('name').notNull(),
    enabled: boolean('enabled').notNull().default(true),
    settings: jsonb('settings').$type<StoredChannelSettings>().notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
    updatedAt: instant('updated_at').notNull().defaultNow(),
  },
  (table) => [uniqueIndex('alert_channels_name').on(table.name)],
);

/** Writer: admin-api. Which alerts there are and who is told. The first one comes with the table. */
export const alertRules = pgTable(
  'alert_rules',
  {
    id: uuid('id').primaryKey(),
    name: text('name').notNull(),
    enabled: boolean('enabled').notNull().default(true),
    kinds: jsonb('kinds').$type<AlertKind[]>().notNull(),
    planIds: jsonb('plan_ids').$type<string[]>(),
    channelIds: jsonb('channel_ids').$type<string[]>(),
    minSeverity: text('min_severity').$type<AlertSeverity>().notNull(),
    repeatSeconds: integer('repeat_seconds'),
    groupingSeconds: integer('grouping_seconds').notNull(),
    /** Those that differ from the defaults. */
    thresholds: jsonb('thresholds').$type<Partial<AlertThresholds>>().notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
    updatedAt: instant('updated_at').notNull().defaultNow(),
  },
  (table) => [uniqueIndex('alert_rules_name').on(table.name)],
);

/** Writer: admin-api. Wishes to try a channel: answered by the delivery with the same id. */
export const alertTests = pgTable('alert_tests', {
  id: uuid('id').primaryKey(),
  channelId: uuid('channel_id').notNull(),
  requestedAt: instant('requested_at').notNull().defaultNow(),
});

/** Writer: scheduler. What is or was wrong. At most one open alert of a kind per subject. */
export const alertStates = pgTable(
  'alert_states',
  {
    id: uuid('id').primaryKey(),
    kind: text('kind').$type<AlertKind>().notNull(),
    /** Id of the plan, vault or agent; of a plan's runs that are no backups with their kind behind it. */
    subject: text('subject').notNull(),
    subjectName: text('subject_name').notNull(),
    planId: uuid('plan_id'),
    severity: text('severity').$type<AlertSeverity>().notNull(),
    what: text('what').notNull(),
    advice: text('advice').notNull(),
    since: instant('since').notNull(),
    openedAt: instant('opened_at').notNull(),
    /** Its cause is gone since then; it resolves if that stays so. */
    calmSince: instant('calm_since'),
    resolvedAt: instant('resolved_at'),
    resolution: text('resolution'),
  },
  (table) => [
    uniqueIndex('alert_states_open')
      .on(table.kind, table.subject)
      .where(sql`resolved_at is null`),
    index('alert_states_resolved').on(table.resolvedAt),
  ],
);

/** Writer: scheduler. What a channel was last told of an alert. */
export const alertNotices = pgTable(
  'alert_notices',
  {
    alertId: uuid('alert_id').notNull(),
    channelId: uuid('channel_id').notNull(),
    said: text('said').$type<'open' | 'resolved'>().notNull(),
    severity: text('severity').$type<AlertSeverity>().notNull(),
    saidAt: instant('said_at').notNull(),
  },
  (table) => [uniqueIndex('alert_notices_key').on(table.alertId, table.channelId)],
);

/** Writer: scheduler. Every message to a channel, until it is sent or given up, and for a while after. */
export const alertDeliveries = pgTable(
  'alert_deliveries',
  {
    id: uuid('id').primaryKey(),
    channelId: uuid('channel_id').notNull(),
    channelName: text('channel_name').notNull(),
    what: text('what').$type<'alerts' | 'ping' | 'test'>().notNull(),
    message: jsonb('message').$type<AlertMessage>().notNull(),
    /** Of a ping. */
    planId: uuid('plan_id'),
    runId: uuid('run_id'),
    pingEvent: text('ping_event').$type<PingEvent>(),
    state: text('state').$type<'pending' | 'sent' | 'failed' | 'superseded'>().notNull().default('pending'),
    attempts: jsonb('attempts')
      .$type<DeliveryAttempt[]>()
      .notNull()
      .default(sql`'[]'::jsonb`),
    attemptCount: integer('attempt_count').notNull().default(0),
    createdAt: instant('created_at').notNull(),
    nextAttemptAt: instant('next_attempt_at').notNull(),
    /** A scheduler is at it; after this instant another may. */
    leasedUntil: instant('leased_until'),
    finishedAt: instant('finished_at'),
  },
  (table) => [
    index('alert_deliveries_pending')
      .on(table.nextAttemptAt)
      .where(sql`state = 'pending'`),
    index('alert_deliveries_by_time').on(table.createdAt.desc().nullsFirst(), table.id.desc().nullsFirst()),
    uniqueIndex('alert_deliveries_ping')
      .on(table.channelId, table.runId, table.pingEvent)
      .where(sql`what = 'ping'`),
  ],
);
