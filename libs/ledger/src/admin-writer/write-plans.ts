import { and, eq, isNotNull, isNull, sql } from 'drizzle-orm';
import { canonicalJson, type PlanInput, type PlanPatch } from '@periodic-backup/contracts';
import { PlanNameTakenError, violatesUnique } from '../ledger-errors.js';
import type { Ledger } from '../open-ledger.js';
import { findPlanByName, type PlanRow } from '../reading/read-plans.js';
import { plans } from '../schema.js';

/**
 * Adds a plan, owed from now on. @throws PlanNameTakenError – also when a deleted plan bears the name: its snapshots
 * lie there
 */
export async function insertPlan(ledger: Ledger, plan: PlanInput & { id: string }): Promise<PlanRow> {
  try {
    const [row] = await ledger.insert(plans).values(plan).returning();
    return row!;
  } catch (error) {
    if (!violatesUnique(error, 'plans_agent_name')) throw error;
    const other = await findPlanByName(ledger, plan.agentId, plan.name);
    throw other ? new PlanNameTakenError(plan.name, other.id, other.deletedAt !== null) : error;
  }
}

/**
 * Changes a live plan to what `decide` makes of it; two changes at once come one after the other. A new schedule is
 * owed from now on, not for due times of its past. Resolves with null if there is no such plan; what `decide` throws
 * passes through and nothing is changed.
 */
export async function updatePlan(
  ledger: Ledger,
  planId: string,
  decide: (current: PlanRow) => PlanPatch | Promise<PlanPatch>,
): Promise<PlanRow | null> {
  return ledger.transaction(async (transaction) => {
    const [current] = await transaction
      .select()
      .from(plans)
      .where(and(eq(plans.id, planId), isNull(plans.deletedAt)))
      .for('update');
    if (!current) return null;
    const patch = definedOnly(await decide(current));
    const rescheduled =
      patch.schedule !== undefined && canonicalJson(patch.schedule) !== canonicalJson(current.schedule);
    const [row] = await transaction
      .update(plans)
      .set({ ...patch, updatedAt: sql`now()`, ...(rescheduled ? { dueFrom: sql`now()` } : {}) })
      .where(eq(plans.id, planId))
      .returning();
    return row!;
  });
}

/** Nothing is due while paused. Safe to repeat: the first pause counts. Null if there is no such plan. */
export async function pausePlan(ledger: Ledger, planId: string): Promise<PlanRow | null> {
  const [row] = await ledger
    .update(plans)
    .set({ pausedAt: sql`coalesce(paused_at, now())`, updatedAt: sql`now()` })
    .where(and(eq(plans.id, planId), isNull(plans.deletedAt)))
    .returning();
  return row ?? null;
}

/** Owed again from now on. Safe to repeat: a plan that is not paused stays as it is. Null if there is no such plan. */
export async function resumePlan(ledger: Ledger, planId: string): Promise<PlanRow | null> {
  const [row] = await ledger
    .update(plans)
    .set({
      pausedAt: null,
      updatedAt: sql`now()`,
      dueFrom: sql`case when paused_at is null then due_from else now() end`,
    })
    .where(and(eq(plans.id, planId), isNull(plans.deletedAt)))
    .returning();
  return row ?? null;
}

/** Ends a plan; its runs and snapshots stay. Resolves with false if there is no such plan. */
export async function deletePlan(ledger: Ledger, planId: string): Promise<boolean> {
  const deleted = await ledger
    .update(plans)
    .set({ deletedAt: sql`now()`, updatedAt: sql`now()` })
    .where(and(eq(plans.id, planId), isNull(plans.deletedAt)))
    .returning({ id: plans.id });
  return deleted.length > 0;
}

/** Brings a deleted plan back, owed from now on and not paused. Null if it is not deleted. */
export async function reviveDeletedPlan(ledger: Ledger, planId: string): Promise<PlanRow | null> {
  const [row] = await ledger
    .update(plans)
    .set({ deletedAt: null, pausedAt: null, updatedAt: sql`now()`, dueFrom: sql`now()` })
    .where(and(eq(plans.id, planId), isNotNull(plans.deletedAt)))
    .returning();
  return row ?? null;
}

function definedOnly(patch: PlanPatch): PlanPatch {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
}
