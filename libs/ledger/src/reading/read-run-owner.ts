import { eq } from 'drizzle-orm';
import type { Ledger } from '../open-ledger.js';
import { runs } from '../schema.js';

/** The plan of a run and the agent that does it; null if there is no such run. */
export async function getRunOwner(
  ledger: Ledger,
  runId: string,
): Promise<{ agentId: string; planId: string } | null> {
  const [row] = await ledger
    .select({ agentId: runs.agentId, planId: runs.planId })
    .from(runs)
    .where(eq(runs.id, runId));
  return row ?? null;
}
