import { and, count, desc, eq, gte, inArray, isNull } from 'drizzle-orm';
import type { RunState } from '@periodic-backup/contracts';
import type { Ledger } from '../open-ledger.js';
import { plans, runs } from '../schema.js';

/** Figures for monitoring. Each reads an index range, never the whole history. */

/** Backups that have not ended, by state. */
export async function countOpenRuns(ledger: Ledger): Promise<Map<RunState, number>> {
  const rows = await ledger
    .select({ state: runs.state, runs: count() })
    .from(runs)
    .where(and(inArray(runs.state, ['waiting', 'queued', 'running']), eq(runs.kind, 'backup')))
    .groupBy(runs.state);
  return new Map(rows.map((row) => [row.state, row.runs]));
}

/** Backups that were due at or after `since`, by state. */
export async function countRunsSince(ledger: Ledger, since: Date): Promise<Map<RunState, number>> {
  const rows = await ledger
    .select({ state: runs.state, runs: count() })
    .from(runs)
    .where(and(gte(runs.scheduledFor, since), eq(runs.kind, 'backup')))
    .groupBy(runs.state);
  return new Map(rows.map((row) => [row.state, row.runs]));
}

export interface PlanSuccess {
  readonly planId: string;
  readonly planName: string;
  readonly agentId: string;
  /** Null if it never succeeded. */
  readonly lastSuccessAt: Date | null;
}

/** Every live plan and when its last complete backup ended: one short index walk per plan. */
export async function lastSuccesses(ledger: Ledger): Promise<PlanSuccess[]> {
  const newest = ledger
    .select({ finishedAt: runs.finishedAt })
    .from(runs)
    .where(and(eq(runs.planId, plans.id), eq(runs.state, 'committed'), eq(runs.kind, 'backup')))
    .orderBy(desc(runs.scheduledFor), desc(runs.id))
    .limit(1)
    .as('newest');
  return ledger
    .select({
      planId: plans.id,
      planName: plans.name,
      agentId: plans.agentId,
      lastSuccessAt: newest.finishedAt,
    })
    .from(plans)
    .leftJoinLateral(newest, eq(plans.id, plans.id))
    .where(isNull(plans.deletedAt));
}
