import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import type { Ledger } from '../open-ledger.js';
import type { RunRow } from '../reading/read-runs.js';
import { runs } from '../schema.js';
import { wholeRows } from '../whole-rows.js';

const RUN = wholeRows(runs);

export interface NewRun {
  /** Chosen by whoever asked for the run; left out for a tick. */
  readonly id?: string;
  readonly planId: string;
  readonly agentId: string;
  readonly trigger: 'schedule' | 'manual';
  readonly state: 'waiting' | 'missed' | 'cancelled';
  readonly reason: string | null;
  readonly scheduledFor: Date;
  /** Its place in the start spread; left out: at once. */
  readonly notBefore?: Date;
}

/**
 * Adds backups and resolves with those added. A tick or an id that has a run already is left as it is, as is a second
 * waiting run of a plan: the database says no.
 */
export async function addRuns(ledger: Ledger, added: readonly NewRun[]): Promise<RunRow[]> {
  if (added.length === 0) return [];
  const finishedAt = new Date();
  const insert = ledger
    .insert(runs)
    .values(
      added.map((run) => ({
        ...run,
        id: run.id ?? randomUUID(),
        kind: 'backup' as const,
        heldBack: run.notBefore !== undefined,
        finishedAt: run.state === 'waiting' ? null : finishedAt,
      })),
    )
    .onConflictDoNothing()
    .getSQL();
  return RUN.read(await ledger.execute(sql`${insert} returning ${RUN.columns}`));
}
