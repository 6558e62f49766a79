import { asc, eq } from 'drizzle-orm';
import type { Ledger } from '../open-ledger.js';
import { agents } from '../schema.js';

export type AgentRow = typeof agents.$inferSelect;

/** Every agent ever seen, by id. */
export function listAgents(ledger: Ledger): Promise<AgentRow[]> {
  return ledger.select().from(agents).orderBy(asc(agents.id));
}

export async function getAgent(ledger: Ledger, agentId: string): Promise<AgentRow | null> {
  const [row] = await ledger.select().from(agents).where(eq(agents.id, agentId));
  return row ?? null;
}
