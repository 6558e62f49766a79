import { randomUUID } from 'node:crypto';
import pg from 'pg';

export interface SeededRun {
  readonly state: 'missed' | 'partial';
  readonly reason: string;
}

/** Adds runs of the one plan of an installation, for what takes too long or is too rare to wait for; newest last. */
export async function seedRuns(databaseUrl: string, runs: readonly SeededRun[]): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    for (const { state, reason } of runs) {
      const dueAt = new Date();
      const begun = state === 'missed' ? null : dueAt;
      await client.query(
        `insert into runs (id, plan_id, agent_id, kind, trigger, state, reason, scheduled_for, created_at, queued_at, started_at,
           connected_at, finished_at, attempts, epoch, entries, files, bytes_read, bytes_sent, bytes_stored, files_failed)
         select $1, id, agent_id, 'backup', 'schedule', $2, $3, $4, $4, $5, $5, $5, $4, 1, 1, 9, 8, 100, 100, 100, $6 from plans`,
        [randomUUID(), state, reason, dueAt, begun, state === 'partial' ? 1 : 0],
      );
    }
  } finally {
    await client.end();
  }
}
