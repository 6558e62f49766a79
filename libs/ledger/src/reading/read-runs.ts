import { and, desc, eq, gte, lt, sql, type SQL } from 'drizzle-orm';
import { unionAll } from 'drizzle-orm/pg-core';
import type { Run, RunKind, RunState } from '@periodic-backup/contracts';
import { cutPage, decodeCursor, type KeysetPage, type PageRequest } from '../keyset-cursor.js';
import type { Ledger } from '../open-ledger.js';
import { runs } from '../schema.js';
import { planNames } from './read-plans.js';

export type RunRow = typeof runs.$inferSelect;

export interface RunFilter extends PageRequest {
  readonly planId?: string | undefined;
  readonly agentId?: string | undefined;
  /** Any of these. */
  readonly states?: readonly RunState[] | undefined;
  readonly kind?: RunKind | undefined;
  /** scheduledFor at or after. */
  readonly since?: Date | undefined;
  /** scheduledFor before. */
  readonly until?: Date | undefined;
}

/** Runs that fit the filter, newest first. Its cost is that of the page, not of the history. @throws CursorError */
export async function listRuns(ledger: Ledger, filter: RunFilter): Promise<KeysetPage<Run>> {
  const rows = await runsQuery(ledger, filter);
  const names = await planNames(
    ledger,
    rows.map((row) => row.planId),
  );
  return cutPage(
    rows,
    filter.limit,
    (row) => ({ at: row.scheduledFor, id: row.id }),
    (row) => toRun(row, names.get(row.planId) ?? ''),
  );
}

/**
 * One index walk per wanted state, merged: for `state in (…)` PostgreSQL would either sort all of their runs or walk
 * over those of all other states. Yields up to `limit + 1` rows.
 */
export function runsQuery(ledger: Ledger, { states, ...filter }: RunFilter) {
  const wanted: readonly (RunState | undefined)[] =
    states === undefined || states.length === 0 ? [undefined] : [...new Set(states)];
  const [first, second, ...rest] = wanted.map((state) =>
    ledger
      .select()
      .from(runs)
      .where(and(...conditions(filter), state && eq(runs.state, state)))
      .orderBy(desc(runs.scheduledFor), desc(runs.id))
      .limit(filter.limit + 1),
  );
  if (second === undefined) return first!;
  return unionAll(first!, second, ...rest)
    .orderBy(sql`scheduled_for desc`, sql`id desc`)
    .limit(filter.limit + 1);
}

export async function getRun(ledger: Ledger, runId: string): Promise<Run | null> {
  const [row] = await ledger.select().from(runs).where(eq(runs.id, runId));
  if (!row) return null;
  const names = await planNames(ledger, [row.planId]);
  return toRun(row, names.get(row.planId) ?? '');
}

function conditions({
  cursor,
  planId,
  agentId,
  kind,
  since,
  until,
}: Omit<RunFilter, 'states'>): (SQL | undefined)[] {
  const before = cursor === undefined ? undefined : decodeCursor(cursor);
  return [
    planId === undefined ? undefined : eq(runs.planId, planId),
    agentId === undefined ? undefined : eq(runs.agentId, agentId),
    kind === undefined ? undefined : eq(runs.kind, kind),
    since && gte(runs.scheduledFor, since),
    until && lt(runs.scheduledFor, until),
    before && sql`(${runs.scheduledFor}, ${runs.id}) < (${before.at.toISOString()}, ${before.id})`,
  ];
}

/** A row in the shape of the contracts. */
export function toRun(row: RunRow, planName: string): Run {
  const { startedAt, finishedAt } = row;
  return {
    id: row.id,
    planId: row.planId,
    planName,
    agentId: row.agentId,
    kind: row.kind,
    trigger: row.trigger,
    state: row.state,
    reason: row.reason,
    scheduledFor: row.scheduledFor.toISOString(),
    queuedAt: row.queuedAt?.toISOString() ?? null,
    startedAt: startedAt?.toISOString() ?? null,
    connectedAt: row.connectedAt?.toISOString() ?? null,
    finishedAt: finishedAt?.toISOString() ?? null,
    durationMs: startedAt && finishedAt ? Math.max(0, finishedAt.getTime() - startedAt.getTime()) : null,
    attempts: row.attempts,
    receiverId: row.receiverId,
    snapshot: row.snapshot,
    counts: {
      entries: row.entries,
      files: row.files,
      bytesRead: row.bytesRead,
      bytesSent: row.bytesSentBefore + row.bytesSent,
      bytesStored: row.bytesStored,
      filesFailed: row.filesFailed,
    },
    error: row.error,
    receipt: row.receipt,
    task: row.task,
    taskResult: row.taskResult,
  };
}
