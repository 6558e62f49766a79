import { z } from 'zod';
import { PageQuery, pageOf } from './http.js';

/** What people are told of: rules, alerts and the messages that were sent. Channels: `alert-channels.ts`. */

export const AlertKind = z.enum([
  'plan-health',
  'run-failed',
  'run-partial',
  'run-missed',
  'snapshot-shrank',
  'snapshot-grew',
  'snapshot-changed',
  'verification-failed',
  'vault-space-low',
  'agent-silent',
  'receiver-gone',
]);
export type AlertKind = z.infer<typeof AlertKind>;

export const AlertSeverity = z.enum(['warning', 'critical']);
export type AlertSeverity = z.infer<typeof AlertSeverity>;

const percent = z.number().gt(0).max(100, 'must be at most 100 percent');
const seconds = z.int('must be a whole number of seconds').max(31_622_400);

/** What is too much. Snapshots are compared with the median of the ten before. */
export const AlertThresholds = z
  .object({
    /** Files or bytes fewer by this share. */
    shrankPercent: percent.default(50),
    /** Files or bytes more by this share. */
    grewPercent: z.number().gt(0).max(100_000).default(200),
    /** Share of files with new content: at least this … */
    changedPercent: percent.default(50),
    /** … and this many times the usual share. */
    changedTimes: z.number().min(1).max(1000).default(5),
    /** A vault has less than this share free … */
    freePercent: percent.default(10),
    /** … and less than this many times the largest newest snapshot (never counted as less than 1 GiB). */
    freeSnapshots: z.number().gt(0).max(1000).default(2),
    agentSilentSeconds: seconds.min(15).default(300),
    receiverGoneSeconds: seconds.min(15).default(120),
  })
  .strict()
  .meta({ id: 'AlertThresholds' });
export type AlertThresholds = z.infer<typeof AlertThresholds>;

const RuleFields = z.object({
  name: z.string().trim().min(1, 'must not be empty').max(100),
  enabled: z.boolean(),
  kinds: z.array(AlertKind).min(1, 'must name a kind').max(50),
  /** Null: all plans, also future ones. An agent or vault counts if one of the plans uses it. */
  planIds: z.array(z.uuid('must be a UUID')).max(10_000).nullable(),
  /** Null: all channels, also future ones. */
  channelIds: z.array(z.uuid('must be a UUID')).max(1000).nullable(),
  minSeverity: AlertSeverity,
  /** An alert that stays open is told again after so long; null: never. */
  repeatSeconds: seconds.min(60, 'must be at least 60 seconds, or null for never').nullable(),
  /** What opens or resolves within so long goes in one message. */
  groupingSeconds: z.int('must be a whole number of seconds').min(0).max(3600),
  thresholds: AlertThresholds,
});

export const AlertRuleInput = RuleFields.extend({
  enabled: RuleFields.shape.enabled.default(true),
  kinds: RuleFields.shape.kinds.default([...AlertKind.options]),
  planIds: RuleFields.shape.planIds.default(null),
  channelIds: RuleFields.shape.channelIds.default(null),
  minSeverity: RuleFields.shape.minSeverity.default('warning'),
  repeatSeconds: RuleFields.shape.repeatSeconds.default(86_400),
  groupingSeconds: RuleFields.shape.groupingSeconds.default(60),
  thresholds: AlertThresholds.prefault({}),
})
  .strict()
  .meta({ id: 'AlertRuleInput' });
export type AlertRuleInput = z.infer<typeof AlertRuleInput>;

/** What is left out stays; thresholds one by one. */
export const AlertRulePatch = RuleFields.extend({
  thresholds: z
    .object(
      Object.fromEntries(
        Object.entries(AlertThresholds.shape).map(([name, field]) => [name, field.unwrap().optional()]),
      ) as { [Name in keyof AlertThresholds]: z.ZodOptional<z.ZodNumber> },
    )
    .strict(),
})
  .partial()
  .strict()
  .meta({ id: 'AlertRulePatch' });
export type AlertRulePatch = z.infer<typeof AlertRulePatch>;

export const AlertRule = RuleFields.extend({
  id: z.uuid(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
}).meta({ id: 'AlertRule' });
export type AlertRule = z.infer<typeof AlertRule>;

export const AlertView = z
  .object({
    id: z.uuid(),
    kind: AlertKind,
    /** Id of the plan, vault or agent. */
    subject: z.string(),
    /** The same in words. */
    subjectName: z.string(),
    planId: z.uuid().nullable(),
    severity: AlertSeverity,
    /** What is wrong, in a sentence. */
    what: z.string(),
    /** What to do about it. */
    advice: z.string(),
    /** Since when, as far as is known. */
    since: z.iso.datetime(),
    openedAt: z.iso.datetime(),
    resolvedAt: z.iso.datetime().nullable(),
    /** Why it is resolved. */
    resolution: z.string().nullable(),
  })
  .meta({ id: 'Alert' });
export type AlertView = z.infer<typeof AlertView>;
export const AlertPage = pageOf(AlertView, 'AlertPage');

/** What a channel says. `alerts` for machines, `title` and `text` for people. */
export const AlertMessage = z.object({
  title: z.string(),
  text: z.string(),
  /** Of the gravest alert that is open; null: all are resolved, or a test. */
  severity: AlertSeverity.nullable(),
  /** Of all that the message tells; the lists below hold at most 200 each. */
  counts: z.object({ opened: z.int(), stillOpen: z.int(), resolved: z.int() }),
  opened: z.array(AlertView),
  /** Told before and still open. */
  stillOpen: z.array(AlertView),
  resolved: z.array(AlertView),
});
export type AlertMessage = z.infer<typeof AlertMessage>;

/** What a heartbeat says of a plan. */
export const PingEvent = z.enum(['start', 'success', 'fail']);
export type PingEvent = z.infer<typeof PingEvent>;

export const DeliveryAttempt = z.object({
  at: z.iso.datetime(),
  ok: z.boolean(),
  /** What the other side answered or why it could not be asked, in words. */
  result: z.string(),
});
export type DeliveryAttempt = z.infer<typeof DeliveryAttempt>;

export const AlertDelivery = z
  .object({
    id: z.uuid(),
    channelId: z.uuid(),
    channelName: z.string(),
    what: z.enum(['alerts', 'ping', 'test']),
    /** superseded: a newer ping of the same plan came first. failed: given up. */
    state: z.enum(['pending', 'sent', 'failed', 'superseded']),
    title: z.string(),
    createdAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
    nextAttemptAt: z.iso.datetime().nullable(),
    /** Oldest first; the newest 50. */
    attempts: z.array(DeliveryAttempt),
  })
  .meta({ id: 'AlertDelivery' });
export type AlertDelivery = z.infer<typeof AlertDelivery>;

export const TestAccepted = z.object({ deliveryId: z.uuid() }).meta({ id: 'TestAccepted' });

export const AlertQuery = PageQuery.extend({ state: z.enum(['open', 'resolved']).optional() });
export const AlertDeliveryQuery = PageQuery.extend({ channelId: z.uuid('must be a UUID').optional() });
