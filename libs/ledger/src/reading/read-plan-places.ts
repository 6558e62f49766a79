import { asc, isNull } from 'drizzle-orm';
import type { Ledger } from '../open-ledger.js';
import { plans } from '../schema.js';

/** What every live plan reads from where, and where it brings it. */
export interface PlanPlace {
  readonly planId: string;
  readonly name: string;
  readonly agentId: string;
  readonly sourceDir: string;
  readonly vaultId: string;
}

export function readPlanPlaces(ledger: Ledger): Promise<PlanPlace[]> {
  return ledger
    .select({
      planId: plans.id,
      name: plans.name,
      agentId: plans.agentId,
      sourceDir: plans.sourceDir,
      vaultId: plans.vaultId,
    })
    .from(plans)
    .where(isNull(plans.deletedAt))
    .orderBy(asc(plans.createdAt), asc(plans.id));
}
