import { bigint, doublePrecision, integer, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { runState } from '../schema.js';

const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

/**
 * Writer: scheduler. What the backups and snapshots of a plan amount to, worked out of them: what everyone asks of all
 * plans again and again. It may be behind, but says so: a row counts only while the plan has no mark.
 */
export const planStandings = pgTable('plan_standings', {
  planId: uuid('plan_id').primaryKey(),
  /** The last due time that has a run. */
  lastTickAt: instant('last_tick_at'),
  /** The newest backup, by its due time, that ended by itself. */
  endedRunId: uuid('ended_run_id'),
  endedState: runState('ended_state'),
  endedFor: instant('ended_for'),
  endedAt: instant('ended_at'),
  endedReason: text('ended_reason'),
  /** The same by when it ended. */
  lastState: runState('last_state'),
  lastReason: text('last_reason'),
  lastEndedAt: instant('last_ended_at'),
  /** End of the newest complete backup. */
  completeAt: instant('complete_at'),
  /** The newest snapshot that is kept and not damaged. */
  goodSnapshot: text('good_snapshot'),
  goodAt: instant('good_at'),
  /** Of those, the one that was not read for the longest time. */
  leastSnapshot: text('least_snapshot'),
  leastAt: instant('least_at'),
  leastVerifiedAt: instant('least_verified_at'),
  /** The newest snapshot, be it removed or damaged, and what was usual in those before it. */
  newestSnapshot: text('newest_snapshot'),
  newestAt: instant('newest_at'),
  newestFiles: doublePrecision('newest_files'),
  newestBytes: doublePrecision('newest_bytes'),
  newestStoredFiles: doublePrecision('newest_stored_files'),
  history: integer('history').notNull(),
  usualFiles: doublePrecision('usual_files'),
  usualBytes: doublePrecision('usual_bytes'),
  usualChangedShare: doublePrecision('usual_changed_share'),
});

/**
 * Writer: the database itself, by triggers, in the transaction that changes a backup or a snapshot: nobody can forget it.
 * Only ever added and taken away, never changed, so that no transaction waits for another here.
 */
export const planMarks = pgTable('plan_marks', {
  id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  planId: uuid('plan_id').notNull(),
});
