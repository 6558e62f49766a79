import { sql, type SQL } from 'drizzle-orm';
import type { Ledger } from '../open-ledger.js';
import type { PlanRow } from '../reading/read-plans.js';

/** What of a plan itself its health and alerts depend on. */
export type PlanTraits = Pick<
  PlanRow,
  | ('id' | 'name' | 'agentId' | 'vaultId' | 'schedule' | 'verifySchedule' | 'recoveryPointSeconds')
  | ('createdAt' | 'updatedAt' | 'dueFrom' | 'pausedAt')
>;

export const LIVE: SQL = sql`plans.deleted_at is null`;

interface TraitsRow extends Record<string, unknown> {
  readonly id: string;
  readonly name: string;
  readonly agent_id: string;
  readonly vault_id: string;
  readonly schedule: PlanTraits['schedule'];
  readonly verify_schedule: PlanTraits['verifySchedule'];
  readonly recovery_point_seconds: number | null;
  readonly created_ms: number;
  readonly updated_ms: number;
  readonly due_from_ms: number;
  readonly paused_ms: number | null;
}

/** Of every plan in `scope`, a condition on `plans`; the oldest first. */
export async function readPlanTraits(ledger: Ledger, scope: SQL): Promise<PlanTraits[]> {
  const ms = (column: string) => sql.raw(`date_part('epoch', ${column}) * 1000`);
  const { rows } = await ledger.execute<TraitsRow>(sql`
    select id, name, agent_id, vault_id, schedule, verify_schedule, recovery_point_seconds, ${ms('created_at')} as created_ms,
      ${ms('updated_at')} as updated_ms, ${ms('due_from')} as due_from_ms, ${ms('paused_at')} as paused_ms
    from plans where ${scope} order by created_at, id`);
  const instant = (at: number): Date => new Date(Math.round(at));
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    agentId: row.agent_id,
    vaultId: row.vault_id,
    schedule: row.schedule,
    verifySchedule: row.verify_schedule,
    recoveryPointSeconds: row.recovery_point_seconds,
    createdAt: instant(row.created_ms),
    updatedAt: instant(row.updated_ms),
    dueFrom: instant(row.due_from_ms),
    pausedAt: row.paused_ms === null ? null : instant(row.paused_ms),
  }));
}
