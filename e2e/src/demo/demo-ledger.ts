import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { demoSources } from './demo-sources.js';
import type { PastTick } from './demo-past.js';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** How many snapshots a vault has, and what its disk has room for. */
export interface VaultRoom {
  readonly freeBytes: number;
  readonly totalBytes: number;
  readonly snapshots: number;
}

/** Writes into the ledger what only time could have: the demonstration's past. Nothing else of this project may. */
export class DemoLedger {
  private constructor(private readonly client: pg.Client) {}

  static async open(databaseUrl: string): Promise<DemoLedger> {
    const client = new pg.Client({ connectionString: databaseUrl });
    // The database may be stopped first when something fails.
    client.on('error', () => undefined);
    await client.connect();
    return new DemoLedger(client);
  }

  /** A backup that was just made was due, and ran, in the past. */
  async moveRun(runId: string, { dueAt, seconds }: PastTick): Promise<void> {
    await this.client.query(
      `update runs set trigger = 'schedule', scheduled_for = $2, created_at = $2, queued_at = $2, started_at = $3,
         connected_at = $3, alive_at = $4, finished_at = $4 where id = $1`,
      [runId, dueAt, after(dueAt, 1), after(dueAt, 1 + seconds)],
    );
  }

  /** A run of which nothing is left but its line. */
  async addRun(planId: string, tick: PastTick): Promise<void> {
    const { plan, dueAt, state, reason, age, seconds } = tick;
    const source = demoSources[plan.source];
    const came = state === 'committed' || state === 'partial';
    const files = Math.round(source.filesAtFirst * (0.7 + 0.3 * age));
    const averageBytes = source.sizeKiB(17) * 1024;
    const begun = state === 'missed' ? null : after(dueAt, 1);
    await this.client.query(
      `insert into runs (id, plan_id, agent_id, kind, trigger, state, reason, scheduled_for, created_at, queued_at, started_at,
         connected_at, finished_at, attempts, epoch, receiver_id, entries, files, bytes_read, bytes_sent, bytes_stored,
         files_failed, error)
       values ($1, $2, $3, 'backup', 'schedule', $4, $5, $6, $6, $7, $7, $8, $9, $10::int, $10::bigint, $11, $12::bigint, $12::bigint, $13, $14::bigint, $14::bigint, $15, $16)`,
      [
        ...[randomUUID(), planId, plan.agent, state, reason, dueAt, begun],
        ...[
          came ? begun : null,
          after(dueAt, state === 'missed' ? 300 : 1 + seconds),
          state === 'missed' ? 0 : 1,
        ],
        ...[came ? receiverOf(tick) : null, came ? files : 0, came ? files * averageBytes : 0],
        came
          ? Math.round(
              (source.filesPerBackup + source.changesPerBackup) * averageBytes * (0.6 + seconds / 90),
            )
          : 0,
        state === 'partial' ? 1 : 0,
        state === 'failed' ? JSON.stringify({ code: 'SOURCE', message: reason, retryable: false }) : null,
      ],
    );
  }

  /** Plans, agents and vaults are as old as their history. */
  async age(): Promise<void> {
    await this.client.query(`update plans set created_at = created_at - interval '41 days'`);
    await this.client.query(`update agents set first_seen_at = first_seen_at - interval '44 days'`);
    await this.client.query(`update vaults set first_seen_at = first_seen_at - interval '45 days'`);
  }

  /** A plan is no older than what is known of it: nothing was promised before. */
  async sinceFirstRun(): Promise<void> {
    await this.client.query(
      `update plans set created_at = first.at - interval '1 minute'
         from (select plan_id, min(scheduled_for) as at from runs group by plan_id) first where first.plan_id = plans.id`,
    );
  }

  async pausedSince(planId: string, at: Date): Promise<void> {
    await this.client.query('update plans set paused_at = $2 where id = $1', [planId, at]);
  }

  async lastSeen(agentId: string, at: Date): Promise<void> {
    await this.client.query('update agents set last_seen_at = $2 where id = $1', [agentId, at]);
  }

  /** How the vault filled in 30 days, up to what it holds now. */
  async addGrowth(vaultId: string, now: VaultRoom, grewShare: number): Promise<void> {
    const thisHour = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
    for (let day = 30; day >= 0; day--) {
      const missing = day / 30 + (day > 0 ? 0.02 * Math.sin(day * 1.7) : 0);
      await this.client.query(
        `insert into vault_samples (vault_id, at, stored_bytes, snapshots, free_bytes, total_bytes)
         select $1, $2, round(coalesce(sum((counts ->> 'storedBytes')::bigint), 0) * $3::float), $4, $5, $6
           from snapshots where vault_id = $1
         on conflict (vault_id, at) do update set stored_bytes = excluded.stored_bytes, snapshots = excluded.snapshots`,
        [
          ...[vaultId, new Date(thisHour - day * DAY_MS), 1 - 0.6 * missing],
          Math.round(now.snapshots * (1 - missing / 2)),
          Math.round(now.freeBytes * (1 + grewShare * missing)),
          now.totalBytes,
        ],
      );
    }
  }

  async close(): Promise<void> {
    await this.client.end();
  }
}

function after(at: Date, seconds: number): Date {
  return new Date(at.getTime() + seconds * 1000);
}

function receiverOf({ plan, dueAt }: PastTick): string {
  if (plan.vault === 'offsite') return 'offsite-01';
  return dueAt.getMinutes() % 2 === 0 ? 'nas-01' : 'nas-02';
}
