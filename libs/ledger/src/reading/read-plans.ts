import { and, asc, eq, inArray, isNull } from 'drizzle-orm';
import { nextDueTime, type Plan } from '@periodic-backup/contracts';
import type { Ledger } from '../open-ledger.js';
import { plans } from '../schema.js';

export type PlanRow = typeof plans.$inferSelect;

/** A live plan, or null. */
export async function getPlan(ledger: Ledger, planId: string): Promise<PlanRow | null> {
  const [row] = await ledger
    .select()
    .from(plans)
    .where(and(eq(plans.id, planId), isNull(plans.deletedAt)));
  return row ?? null;
}

/** The plan that bears a name, deleted ones too: names are folders of the vault for ever. */
export async function findPlanByName(ledger: Ledger, agentId: string, name: string): Promise<PlanRow | null> {
  const [row] = await ledger
    .select()
    .from(plans)
    .where(and(eq(plans.agentId, agentId), eq(plans.name, name)));
  return row ?? null;
}

/** Every live plan, paused ones too. */
export function livePlans(ledger: Ledger): Promise<PlanRow[]> {
  return ledger.select().from(plans).where(isNull(plans.deletedAt)).orderBy(asc(plans.id));
}

/** Names by plan, of deleted plans too. */
export async function planNames(ledger: Ledger, planIds: readonly string[]): Promise<Map<string, string>> {
  if (planIds.length === 0) return new Map();
  const rows = await ledger
    .select({ id: plans.id, name: plans.name })
    .from(plans)
    .where(inArray(plans.id, [...new Set(planIds)]));
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** A row in the shape of the contracts, as seen at `now`. */
export function toPlan(row: PlanRow, now = new Date()): Plan {
  const { pausedAt, createdAt, updatedAt, deletedAt: _deleted, dueFrom, ...fields } = row;
  const from = dueFrom > now ? dueFrom : now;
  return {
    ...fields,
    pausedAt: pausedAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
    nextDueAt: pausedAt === null ? nextDueTime(row.schedule, from).toISOString() : null,
  };
}
