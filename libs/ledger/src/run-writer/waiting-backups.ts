import { sql } from 'drizzle-orm';
import { instantOf } from '../alerts/instant-of.js';
import type { Ledger } from '../open-ledger.js';
import type { PlanRow } from '../reading/read-plans.js';
import type { RunRow } from '../reading/read-runs.js';

/** What a look at a run that waits needs, of it and its plan: thousands of them may wait, and are looked at every second. */
export interface WaitingBackup extends Pick<
  RunRow,
  'id' | 'agentId' | 'scheduledFor' | 'reason' | 'heldBack' | 'trigger' | 'attempts'
> {
  readonly plan: Pick<PlanRow, 'id' | 'agentId' | 'vaultId' | 'deletedAt' | 'pausedAt'>;
  /** Another one of the plan is at work. */
  readonly blocked: boolean;
}

/** Backups that wait and may be tried at `now`, of one agent if named, the longest overdue first, those behind `after`. */
export async function waitingBackups(
  ledger: Ledger,
  {
    now,
    after,
    agentId,
    limit,
  }: {
    now: Date;
    after: Pick<RunRow, 'scheduledFor' | 'id'> | null;
    agentId: string | null;
    limit: number;
  },
): Promise<WaitingBackup[]> {
  const { rows } = await ledger.execute<WaitingRow>(sql`
    select runs.id, runs.agent_id, runs.scheduled_for, runs.reason, runs.held_back, runs.trigger, runs.attempts,
      plans.id as plan_id, plans.vault_id, plans.deleted_at, plans.paused_at,
      exists (
        select 1 from runs as active
        where active.plan_id = runs.plan_id and active.kind = 'backup' and active.state in ('queued', 'running')
      ) as blocked
    from runs join plans on plans.id = runs.plan_id
    where runs.state = 'waiting' and runs.kind = 'backup' and (runs.not_before is null or runs.not_before <= ${now.toISOString()})
      ${agentId === null ? sql`` : sql`and runs.agent_id = ${agentId}`}
      ${after === null ? sql`` : sql`and (runs.scheduled_for, runs.id) > (${after.scheduledFor.toISOString()}, ${after.id})`}
    order by runs.scheduled_for, runs.id limit ${limit}`);
  return rows.map((row) => ({
    id: row.id,
    agentId: row.agent_id,
    scheduledFor: new Date(row.scheduled_for),
    reason: row.reason,
    heldBack: row.held_back,
    trigger: row.trigger,
    attempts: row.attempts,
    plan: {
      id: row.plan_id,
      agentId: row.agent_id,
      vaultId: row.vault_id,
      deletedAt: instantOf(row.deleted_at),
      pausedAt: instantOf(row.paused_at),
    },
    blocked: row.blocked,
  }));
}

interface WaitingRow extends Record<string, unknown> {
  readonly id: string;
  readonly agent_id: string;
  readonly scheduled_for: string;
  readonly reason: string | null;
  readonly held_back: boolean;
  readonly trigger: RunRow['trigger'];
  readonly attempts: number;
  readonly plan_id: string;
  readonly vault_id: string;
  readonly deleted_at: string | null;
  readonly paused_at: string | null;
  readonly blocked: boolean;
}
