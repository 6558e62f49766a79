import { z } from 'zod';
import { isTimezone } from './local-clock.js';

const count = z.int('must be a whole number').min(0).max(100_000).default(0);

/**
 * Which snapshots of a plan stay. A snapshot stays if any rule wants it; rules count in the plan's time zone, newest
 * snapshot of each hour, day, week (from Monday), month and year. Without a policy everything stays.
 */
export const Retention = z
  .object({
    last: count,
    hourly: count,
    daily: count,
    weekly: count,
    monthly: count,
    yearly: count,
    /** Everything younger than this stays. */
    withinSeconds: z.int().min(0).max(3_155_760_000).default(0),
    /** Nothing younger than this is ever removed, whatever the counts say. */
    minimumAgeSeconds: z.int().min(0).max(3_155_760_000).default(86_400),
    /** IANA name: where a day begins. Left out: that of a cron schedule, else UTC. */
    timezone: z
      .string()
      .min(1)
      .max(64)
      .refine(isTimezone, 'must be an IANA name such as Europe/Berlin')
      .optional(),
  })
  .strict()
  .refine(
    (policy) =>
      policy.last +
        policy.hourly +
        policy.daily +
        policy.weekly +
        policy.monthly +
        policy.yearly +
        policy.withinSeconds >
      0,
    'must keep something: name at least one of last, hourly, daily, weekly, monthly, yearly, withinSeconds',
  )
  .meta({ id: 'Retention' });
export type Retention = z.infer<typeof Retention>;
