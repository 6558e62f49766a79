import { randomUUID } from 'node:crypto';
import { and, asc, desc, eq, gt, inArray, isNull, lte, ne, or, sql } from 'drizzle-orm';
import type { Task } from '@periodic-backup/contracts';
import type { Ledger } from '../open-ledger.js';
import type { RunRow } from '../reading/read-runs.js';
import { runs } from '../schema.js';
import type { OpenRuns } from './read-for-decisions.js';

/** Tasks: runs that are no backups. Of a plan, restores stand beside each other; of the other kinds one is active, one waits. */

export interface NewTaskRun {
  /** Chosen by whoever asked for it; left out for one that a schedule or retention wants. */
  readonly id?: string;
  readonly planId: string;
  readonly agentId: string;
  readonly trigger: 'schedule' | 'manual';
  readonly state: 'waiting' | 'cancelled';
  readonly reason: string | null;
  readonly scheduledFor: Date;
  readonly task: Task;
}

/** Adds a task; null if its id or its due time has a run, or one of its kind waits already: the database says no. */
export async function addTaskRun(ledger: Ledger, added: NewTaskRun): Promise<RunRow | null> {
  const [row] = await ledger
    .insert(runs)
    .values({
      ...added,
      id: added.id ?? randomUUID(),
      kind: added.task.kind,
      finishedAt: added.state === 'waiting' ? null : new Date(),
    })
    .onConflictDoNothing()
    .returning();
  return row ?? null;
}

/** What of a kind has not ended; not for restores, which may be many. */
export async function openTasks(
  ledger: Ledger,
  planId: string,
  kind: Exclude<Task['kind'], 'restore'>,
): Promise<OpenRuns> {
  const rows = await ledger
    .select()
    .from(runs)
    .where(
      and(
        eq(runs.planId, planId),
        eq(runs.kind, kind),
        inArray(runs.state, ['waiting', 'queued', 'running']),
      ),
    );
  return {
    active: rows.find(({ state }) => state !== 'waiting') ?? null,
    waiting: rows.find(({ state }) => state === 'waiting') ?? null,
  };
}

/** Tasks that wait and may be tried at `now`, the longest overdue first, those behind `after`. */
export function waitingTasks(
  ledger: Ledger,
  { now, after, limit }: { now: Date; after: Pick<RunRow, 'scheduledFor' | 'id'> | null; limit: number },
): Promise<RunRow[]> {
  return ledger
    .select()
    .from(runs)
    .where(
      and(
        eq(runs.state, 'waiting'),
        ne(runs.kind, 'backup'),
        or(isNull(runs.notBefore), lte(runs.notBefore, now)),
        after === null
          ? undefined
          : sql`(${runs.scheduledFor}, ${runs.id}) > (${after.scheduledFor.toISOString()}, ${after.id})`,
      ),
    )
    .orderBy(asc(runs.scheduledFor), asc(runs.id))
    .limit(limit);
}

/** Tasks that are at work or on a queue, by id after `afterId`. */
export function activeTasks(
  ledger: Ledger,
  { afterId, limit }: { afterId: string | null; limit: number },
): Promise<RunRow[]> {
  return ledger
    .select()
    .from(runs)
    .where(
      and(
        inArray(runs.state, ['queued', 'running']),
        ne(runs.kind, 'backup'),
        afterId === null ? undefined : gt(runs.id, afterId),
      ),
    )
    .orderBy(asc(runs.id))
    .limit(limit);
}

/** Tasks of one agent that were running, as far as the ledger knows. */
export function tasksRunningOnAgent(ledger: Ledger, agentId: string): Promise<RunRow[]> {
  return ledger
    .select()
    .from(runs)
    .where(
      and(eq(runs.state, 'running'), inArray(runs.kind, ['restore', 'drill']), eq(runs.agentId, agentId)),
    );
}

/** The newest task of a kind that nobody asked for by hand, whatever became of it. */
export async function newestScheduledTask(
  ledger: Ledger,
  planId: string,
  kind: Task['kind'],
): Promise<RunRow | null> {
  const [row] = await ledger
    .select()
    .from(runs)
    .where(and(eq(runs.planId, planId), eq(runs.kind, kind), eq(runs.trigger, 'schedule')))
    .orderBy(desc(runs.scheduledFor), desc(runs.id))
    .limit(1);
  return row ?? null;
}
