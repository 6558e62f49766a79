import { and, asc, count, eq, inArray, sql } from 'drizzle-orm';
import type { Run, RunState } from '@periodic-backup/contracts';
import type { Ledger } from '../open-ledger.js';
import { runs, snapshots } from '../schema.js';
import { listRuns, toRun } from './read-runs.js';
import { planNames } from './read-plans.js';

/** Runs that have not ended, the oldest first, with how many there are. */
export async function openRunsOf(
  ledger: Ledger,
  states: readonly Extract<RunState, 'waiting' | 'queued' | 'running'>[],
  limit: number,
): Promise<{ readonly items: Run[]; readonly total: number }> {
  const open = inArray(runs.state, [...states]);
  const [rows, [counted]] = await Promise.all([
    ledger.select().from(runs).where(open).orderBy(asc(runs.scheduledFor), asc(runs.id)).limit(limit),
    ledger.select({ total: count() }).from(runs).where(open),
  ]);
  const names = await planNames(
    ledger,
    rows.map(({ planId }) => planId),
  );
  return { items: rows.map((row) => toRun(row, names.get(row.planId) ?? '')), total: counted?.total ?? 0 };
}

/** Of the backups that were due last, the one that was committed last, wholly or partly. */
export async function lastBackup(ledger: Ledger): Promise<Run | null> {
  const { items } = await listRuns(ledger, { kind: 'backup', states: ['committed', 'partial'], limit: 20 });
  return items.reduce<Run | null>(
    (last, run) => (last === null || (run.finishedAt ?? '') > (last.finishedAt ?? '') ? run : last),
    null,
  );
}

/** What a new installation has done already. */
export async function firstSteps(ledger: Ledger): Promise<{ backup: boolean; restore: boolean }> {
  const [[backup], [restore]] = await Promise.all([
    ledger
      .select({ one: sql`1` })
      .from(snapshots)
      .limit(1),
    ledger
      .select({ one: sql`1` })
      .from(runs)
      .where(
        and(inArray(runs.kind, ['restore', 'drill']), eq(runs.state, 'committed'), sql`kind <> 'backup'`),
      )
      .limit(1),
  ]);
  return { backup: backup !== undefined, restore: restore !== undefined };
}

/**
 * Since when no backup failed or was missed that was not made good for: the first success after the latest failures,
 * and after the newest plans were made. Null if there was none yet.
 */
export async function safeSince(ledger: Ledger): Promise<Date | null> {
  const { rows } = await ledger.execute<{ at: Date | string | null }>(sql`
    with failures as (
      (select plan_id, scheduled_for from runs where state = 'failed' and kind = 'backup'
        order by scheduled_for desc limit 20)
      union all
      (select plan_id, scheduled_for from runs where state = 'missed' and kind = 'backup'
        order by scheduled_for desc limit 20)
      union all
      (select id, '-infinity'::timestamptz from plans where deleted_at is null and paused_at is null
        order by created_at desc limit 20)
    )
    select max(healed.at) as at
    from failures join plans on plans.id = failures.plan_id and deleted_at is null,
      lateral (
        select finished_at as at from runs
        where runs.plan_id = failures.plan_id and kind = 'backup' and state in ('committed', 'partial')
          and runs.scheduled_for > failures.scheduled_for
        order by runs.scheduled_for limit 1
      ) as healed`);
  const [row] = rows;
  return row?.at ? new Date(row.at) : null;
}
