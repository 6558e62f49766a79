import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { PlanInput, type PlanPatch, type PlanRequest } from '@periodic-backup/contracts';
import {
  PlanNameTakenError,
  findPlanByName,
  insertPlan,
  reviveDeletedPlan,
  updatePlan,
  type Ledger,
  type PlanRow,
} from '@periodic-backup/ledger';
import type { Caller } from '../access/caller.js';
import { SchedulerBell } from '../connections/scheduler-bell.js';
import { LEDGER } from '../connections/tokens.js';
import { fieldErrorOf } from '../http/field-error.js';
import { ProblemError, invalid, notFound } from '../http/problem.js';
import { planProblems } from './plan-checks.js';
import { PlanWorld } from './plan-world.js';
import { mayShrink } from './retention-shrinks.js';

/** Makes and changes plans: only such as can work, as far as is known here. */
@Injectable()
export class PlanBook {
  constructor(
    @Inject(LEDGER) private readonly ledger: Ledger,
    private readonly world: PlanWorld,
    private readonly bell: SchedulerBell,
  ) {}

  /** @throws ProblemError 422 with the fields at fault, 409 for a name that is taken */
  async add(request: PlanRequest): Promise<PlanRow> {
    const plan = await this.world.resolve(request);
    await this.#check(plan);
    try {
      return this.#changed(await insertPlan(this.ledger, { ...plan, id: randomUUID() }));
    } catch (error) {
      throw error instanceof PlanNameTakenError ? nameTaken(plan, error) : error;
    }
  }

  /** @throws ProblemError 403 for fewer snapshots without the right to delete, 404, 422 */
  async change(planId: string, patch: PlanPatch, caller: Caller): Promise<PlanRow> {
    const row = await updatePlan(this.ledger, planId, async (current) => {
      const changed = complete({ ...fieldsOf(current), ...definedOnly(patch) });
      mayShrink(caller, current, changed);
      await this.#check(changed);
      return patch;
    });
    if (!row) throw notFound('plan', planId);
    return this.#changed(row);
  }

  /**
   * The agent's plan of that name is as described, whether it was, was not or was deleted; two callers at once make
   * one. A pause stays. @throws ProblemError 403, 422, 409 for another vault
   */
  async put(request: PlanRequest, caller: Caller): Promise<{ row: PlanRow; created: boolean }> {
    const plan = await this.world.resolve(request);
    await this.#check(plan);
    const existing = await findPlanByName(this.ledger, plan.agentId, plan.name);
    if (!existing) {
      try {
        const row = await insertPlan(this.ledger, { ...plan, id: randomUUID() });
        return { row: this.#changed(row), created: true };
      } catch (error) {
        if (!(error instanceof PlanNameTakenError)) throw error;
        return this.put(plan, caller);
      }
    }
    if (existing.vaultId !== plan.vaultId)
      throw new ProblemError(
        409,
        `Plan "${plan.name}" keeps its snapshots in vault ${existing.vaultId}, for ever: take another name for another vault.`,
        { instance: `/api/v1/plans/${existing.id}` },
      );
    mayShrink(caller, existing, plan);
    if (existing.deletedAt !== null) await reviveDeletedPlan(this.ledger, existing.id);
    const { name: _name, agentId: _agent, vaultId: _vault, ...changes } = plan;
    const row = await updatePlan(this.ledger, existing.id, () => changes);
    if (!row) return this.put(plan, caller);
    return { row: this.#changed(row), created: false };
  }

  #changed(row: PlanRow): PlanRow {
    this.bell.planChanged(row.id);
    return row;
  }

  async #check(plan: PlanInput): Promise<void> {
    const problems = planProblems(plan, await this.world.around(plan));
    if (problems.length > 0) throw invalid(problems);
  }
}

/** What of a plan people choose. */
export function fieldsOf(row: PlanRow): PlanInput {
  const { id: _id, pausedAt: _paused, deletedAt: _deleted, createdAt: _created, ...rest } = row;
  const { updatedAt: _updated, dueFrom: _due, ...fields } = rest;
  return fields;
}

/** A rule may have come without its directory, each fitting alone. */
function complete(plan: PlanInput): PlanInput {
  const parsed = PlanInput.safeParse(plan);
  if (parsed.success) return parsed.data;
  throw invalid(parsed.error.issues.map(({ path, message }) => fieldErrorOf(path, message)));
}

/** What is named without a value stays as it is. */
export function definedOnly(patch: PlanPatch): Partial<PlanInput> {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
}

export function nameTaken(
  plan: Pick<PlanInput, 'agentId' | 'name'>,
  { otherPlanId, otherIsDeleted }: Pick<PlanNameTakenError, 'otherPlanId' | 'otherIsDeleted'>,
): ProblemError {
  const detail = otherIsDeleted
    ? `The name "${plan.name}" belongs to the deleted plan ${otherPlanId} of agent "${plan.agentId}", whose snapshots lie under it: ` +
      `choose another name, or bring it back with PUT /api/v1/plans/by-name/${plan.agentId}/${encodeURIComponent(plan.name)}.`
    : `Agent "${plan.agentId}" has a plan "${plan.name}" already: ${otherPlanId}. Change that one or choose another name.`;
  return new ProblemError(409, detail, {
    instance: `/api/v1/plans/${otherPlanId}`,
    errors: [{ path: 'name', message: detail }],
  });
}
