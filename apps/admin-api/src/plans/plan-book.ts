import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { PlanInput, type PlanPatch } from '@periodic-backup/contracts';
import {
  PlanNameTakenError,
  findPlanByName,
  getAgent,
  getVault,
  insertPlan,
  reviveDeletedPlan,
  updatePlan,
  type Ledger,
  type PlanRow,
} from '@periodic-backup/ledger';
import { Presence, noneWhileAway, unknownWhileAway } from '../connections/presence.js';
import { SchedulerBell } from '../connections/scheduler-bell.js';
import { LEDGER } from '../connections/tokens.js';
import { ProblemError, invalid, notFound } from '../http/problem.js';
import { planProblems, type PlanSurroundings } from './plan-checks.js';

/** Makes and changes plans: only such as can work, as far as is known here. */
@Injectable()
export class PlanBook {
  constructor(
    @Inject(LEDGER) private readonly ledger: Ledger,
    private readonly presence: Presence,
    private readonly bell: SchedulerBell,
  ) {}

  /** @throws ProblemError 422 with the fields at fault, 409 for a name that is taken */
  async add(plan: PlanInput): Promise<PlanRow> {
    await this.#check(plan);
    try {
      return this.#changed(await insertPlan(this.ledger, { ...plan, id: randomUUID() }));
    } catch (error) {
      throw error instanceof PlanNameTakenError ? nameTaken(plan, error) : error;
    }
  }

  /** @throws ProblemError 404, 422 */
  async change(planId: string, patch: PlanPatch): Promise<PlanRow> {
    const row = await updatePlan(this.ledger, planId, async (current) => {
      await this.#check(complete({ ...fieldsOf(current), ...definedOnly(patch) }));
      return patch;
    });
    if (!row) throw notFound('plan', planId);
    return this.#changed(row);
  }

  /**
   * The agent's plan of that name is as described, whether it was, was not or was deleted; two callers at once make
   * one. A pause stays. @throws ProblemError 422, 409 for another vault
   */
  async put(plan: PlanInput): Promise<{ row: PlanRow; created: boolean }> {
    await this.#check(plan);
    const existing = await findPlanByName(this.ledger, plan.agentId, plan.name);
    if (!existing) {
      try {
        const row = await insertPlan(this.ledger, { ...plan, id: randomUUID() });
        return { row: this.#changed(row), created: true };
      } catch (error) {
        if (!(error instanceof PlanNameTakenError)) throw error;
        return this.put(plan);
      }
    }
    if (existing.vaultId !== plan.vaultId)
      throw new ProblemError(
        409,
        `Plan "${plan.name}" keeps its snapshots in vault ${existing.vaultId}, for ever: take another name for another vault.`,
        { instance: `/api/v1/plans/${existing.id}` },
      );
    if (existing.deletedAt !== null) await reviveDeletedPlan(this.ledger, existing.id);
    const { name: _name, agentId: _agent, vaultId: _vault, ...changes } = plan;
    const row = await updatePlan(this.ledger, existing.id, () => changes);
    if (!row) return this.put(plan);
    return { row: this.#changed(row), created: false };
  }

  #changed(row: PlanRow): PlanRow {
    this.bell.planChanged(row.id);
    return row;
  }

  async #check(plan: PlanInput): Promise<void> {
    const problems = planProblems(plan, await this.#surroundings(plan));
    if (problems.length > 0) throw invalid(problems);
  }

  async #surroundings({ agentId, vaultId }: PlanInput): Promise<PlanSurroundings> {
    const [agent, receivers, knownAgent, knownVault] = await Promise.all([
      this.presence.agent(agentId).catch(unknownWhileAway),
      this.presence.receivers().catch(noneWhileAway),
      getAgent(this.ledger, agentId),
      getVault(this.ledger, vaultId),
    ]);
    const ofVault = receivers.filter(({ presence }) => presence.vaultId === vaultId);
    return {
      agentKnown: agent !== null || knownAgent !== null,
      vaultKnown: ofVault.length > 0 || knownVault !== null,
      agent: agent?.online ? agent.presence : null,
      receivers: ofVault.map(({ presence }) => presence),
    };
  }
}

function fieldsOf(row: PlanRow): PlanInput {
  const { id: _id, pausedAt: _paused, deletedAt: _deleted, createdAt: _created, ...rest } = row;
  const { updatedAt: _updated, dueFrom: _due, ...fields } = rest;
  return fields;
}

/** A rule may have come without its directory, each fitting alone. */
function complete(plan: PlanInput): PlanInput {
  const parsed = PlanInput.safeParse(plan);
  if (parsed.success) return parsed.data;
  throw invalid(parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })));
}

function definedOnly(patch: PlanPatch): Partial<PlanInput> {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
}

function nameTaken(plan: PlanInput, { otherPlanId, otherIsDeleted }: PlanNameTakenError): ProblemError {
  const detail = otherIsDeleted
    ? `The name "${plan.name}" belongs to the deleted plan ${otherPlanId} of agent "${plan.agentId}", whose snapshots lie under it: ` +
      `choose another name, or bring it back with PUT /api/v1/plans/by-name/${plan.agentId}/${encodeURIComponent(plan.name)}.`
    : `Agent "${plan.agentId}" has a plan "${plan.name}" already: ${otherPlanId}. Change that one or choose another name.`;
  return new ProblemError(409, detail, {
    instance: `/api/v1/plans/${otherPlanId}`,
    errors: [{ path: 'name', message: 'is taken' }],
  });
}
