import { and, count, desc, eq, inArray, isNull, sql } from 'drizzle-orm';
import {
  latestDueTime,
  lateAfterMs,
  type PlanStrip,
  type Schedule,
  type StripCell,
} from '@periodic-backup/contracts';
import type { Ledger } from '../open-ledger.js';
import { plans, runs } from '../schema.js';

/** Failures are counted up to here. */
const MAX_FAILURES = 1000;
const NOBODY_WAS_THERE = 'Nobody was there to take it: is the scheduler running?';

/** The last due times of live plans and what became of each; plans that do not exist are left out. */
export async function readPlanStrips(
  ledger: Ledger,
  planIds: readonly string[],
  ticks: number,
  now: Date,
): Promise<PlanStrip[]> {
  if (planIds.length === 0) return [];
  const [owners, rows] = await Promise.all([
    plansWithSuccess(ledger, planIds),
    lastRuns(ledger, planIds, ticks),
  ]);
  const cells = new Map<string, StripCell[]>();
  for (const { planId, ...row } of rows) {
    const known = cells.get(planId);
    if (known) known.push(cellOf(row));
    else cells.set(planId, [cellOf(row)]);
  }
  return owners.map(({ plan, lastTickAt, success, failures }) => {
    const untaken = untakenTicks(plan, lastTickAt, { now, limit: ticks });
    const all = [...(cells.get(plan.id) ?? []), ...untaken.map(untakenCell)];
    all.sort((a, b) => (a.scheduledFor < b.scheduledFor ? -1 : 1));
    return {
      planId: plan.id,
      cells: all.slice(-ticks),
      begins: plan.createdAt.toISOString(),
      lastSuccess:
        success?.finishedAt === null || success === null
          ? null
          : { runId: success.runId, finishedAt: success.finishedAt.toISOString() },
      failuresSince: Math.min(MAX_FAILURES, Number(failures) + untaken.length),
    };
  });
}

interface Owing {
  readonly schedule: Schedule;
  readonly pausedAt: Date | null;
  readonly dueFrom: Date;
}

/** The last due times that nobody will take any more, newest first. */
export function untakenTicks(
  { schedule, pausedAt, dueFrom }: Owing,
  lastTickAt: Date | null,
  { now, limit }: { readonly now: Date; readonly limit: number },
): Date[] {
  const after = Math.max(dueFrom.getTime() - 1, lastTickAt?.getTime() ?? 0);
  const until = Math.min(now.getTime() - lateAfterMs(schedule, now), pausedAt?.getTime() ?? Infinity);
  const due: Date[] = [];
  for (let at = until; due.length < limit;) {
    const latest = latestDueTime(schedule, new Date(at));
    if (latest.getTime() <= after) break;
    due.push(latest);
    at = latest.getTime() - 1;
  }
  return due;
}

function untakenCell(due: Date): StripCell {
  return {
    ...{ runId: null, scheduledFor: due.toISOString(), trigger: 'schedule', state: 'missed' },
    reason: NOBODY_WAS_THERE,
    ...{ durationMs: null, files: 0, bytesRead: 0, bytesStored: 0, filesFailed: 0 },
  };
}

type LastRun = Awaited<ReturnType<typeof lastRuns>>[number];

function cellOf({ scheduledFor, startedAt, finishedAt, ...row }: Omit<LastRun, 'planId'>): StripCell {
  return {
    ...row,
    scheduledFor: scheduledFor.toISOString(),
    durationMs: startedAt && finishedAt ? Math.max(0, finishedAt.getTime() - startedAt.getTime()) : null,
  };
}

/** One short index walk per plan. */
function lastRuns(ledger: Ledger, planIds: readonly string[], ticks: number) {
  const last = ledger
    .select({
      runId: runs.id,
      planId: runs.planId,
      scheduledFor: runs.scheduledFor,
      trigger: runs.trigger,
      state: runs.state,
      reason: runs.reason,
      startedAt: runs.startedAt,
      finishedAt: runs.finishedAt,
      files: runs.files,
      bytesRead: runs.bytesRead,
      bytesStored: runs.bytesStored,
      filesFailed: runs.filesFailed,
    })
    .from(runs)
    .where(and(eq(runs.planId, plans.id), eq(runs.kind, 'backup')))
    .orderBy(desc(runs.scheduledFor), desc(runs.id))
    .limit(ticks)
    .as('last');
  return ledger
    .select({
      ...{ runId: last.runId, planId: last.planId, scheduledFor: last.scheduledFor, trigger: last.trigger },
      ...{ state: last.state, reason: last.reason, startedAt: last.startedAt, finishedAt: last.finishedAt },
      ...{ files: last.files, bytesRead: last.bytesRead, bytesStored: last.bytesStored },
      filesFailed: last.filesFailed,
    })
    .from(plans)
    .innerJoinLateral(last, sql`true`)
    .where(and(isNull(plans.deletedAt), inArray(plans.id, [...planIds])));
}

function plansWithSuccess(ledger: Ledger, planIds: readonly string[]) {
  const success = ledger
    .select({ runId: runs.id, finishedAt: runs.finishedAt, scheduledFor: runs.scheduledFor })
    .from(runs)
    .where(
      and(eq(runs.planId, plans.id), eq(runs.kind, 'backup'), inArray(runs.state, ['committed', 'partial'])),
    )
    .orderBy(desc(runs.scheduledFor), desc(runs.id))
    .limit(1)
    .as('success');
  const failed = ledger
    .select({ id: runs.id })
    .from(runs)
    .where(
      and(
        eq(runs.planId, plans.id),
        eq(runs.kind, 'backup'),
        inArray(runs.state, ['failed', 'missed']),
        sql`${runs.scheduledFor} > coalesce(${success.scheduledFor}, '-infinity'::timestamptz)`,
      ),
    )
    .limit(MAX_FAILURES)
    .as('failed');
  const failures = ledger
    .select({ failures: count().as('failures') })
    .from(failed)
    .as('failures');
  return ledger
    .select({
      plan: {
        id: plans.id,
        schedule: plans.schedule,
        pausedAt: plans.pausedAt,
        dueFrom: plans.dueFrom,
        createdAt: plans.createdAt,
      },
      lastTickAt: sql<Date | null>`(
        select scheduled_for from runs
        where runs.plan_id = plans.id and runs.kind = 'backup' and runs.trigger = 'schedule'
        order by scheduled_for desc limit 1)`.mapWith(runs.scheduledFor),
      success: { runId: success.runId, finishedAt: success.finishedAt },
      failures: failures.failures,
    })
    .from(plans)
    .leftJoinLateral(success, sql`true`)
    .leftJoinLateral(failures, sql`true`)
    .where(and(isNull(plans.deletedAt), inArray(plans.id, [...planIds])));
}
