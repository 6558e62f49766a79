import { and, count, eq, gte, inArray, sql } from 'drizzle-orm';
import type { RunState } from '@periodic-backup/contracts';
import type { Ledger } from '../open-ledger.js';
import { runs } from '../schema.js';
import { readStandings } from '../standings/read-standings.js';

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

/** Every live plan and when its last complete backup ended. */
export async function lastSuccesses(ledger: Ledger): Promise<PlanSuccess[]> {
  const live = sql`plans.deleted_at is null`;
  const [{ rows }, standings] = await Promise.all([
    ledger.execute<{ id: string; name: string; agent_id: string }>(
      sql`select id, name, agent_id from plans where ${live}`,
    ),
    readStandings(ledger, ['completeAt'], live),
  ]);
  return rows.map(({ id: planId, name: planName, agent_id: agentId }) => ({
    ...{ planId, planName, agentId },
    lastSuccessAt: standings.get(planId)?.completeAt ?? null,
  }));
}
