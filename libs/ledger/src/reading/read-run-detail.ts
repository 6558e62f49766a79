import { and, asc, eq, isNull } from 'drizzle-orm';
import type { FailedAttempt, Run } from '@periodic-backup/contracts';
import type { Ledger } from '../open-ledger.js';
import { failedAttempts, runs, snapshots } from '../schema.js';
import { planNames } from './read-plans.js';
import { runsQuery, toRun, type RunRow } from './read-runs.js';

/** What the ledger knows of one run. */
export interface RunFacts {
  readonly row: RunRow;
  readonly run: Run;
  /** In their order. */
  readonly failedAttempts: FailedAttempt[];
  /** The last one before it of the same plan and kind that was committed, wholly or partly. */
  readonly previous: Run | null;
  /** The snapshot it made, if that is still there. */
  readonly snapshotId: string | null;
}

export async function readRunFacts(ledger: Ledger, runId: string): Promise<RunFacts | null> {
  const [row] = await ledger.select().from(runs).where(eq(runs.id, runId));
  if (!row) return null;
  const [names, attempts, [previous], [snapshot]] = await Promise.all([
    planNames(ledger, [row.planId]),
    ledger
      .select()
      .from(failedAttempts)
      .where(eq(failedAttempts.runId, runId))
      .orderBy(asc(failedAttempts.attempt))
      .limit(100),
    runsQuery(ledger, {
      ...{ planId: row.planId, kind: row.kind, until: row.scheduledFor, limit: 0 },
      states: ['committed', 'partial'],
    }),
    ledger
      .select({ id: snapshots.id })
      .from(snapshots)
      .where(and(eq(snapshots.runId, runId), isNull(snapshots.removedAt))),
  ]);
  const name = names.get(row.planId) ?? '';
  return {
    row,
    run: toRun(row, name),
    failedAttempts: attempts.map(({ runId: _run, endedAt, ...attempt }) => ({
      ...attempt,
      endedAt: endedAt.toISOString(),
    })),
    previous: previous ? toRun(previous, name) : null,
    snapshotId: snapshot?.id ?? null,
  };
}
