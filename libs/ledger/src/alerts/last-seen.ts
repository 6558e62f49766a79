import { sql } from 'drizzle-orm';
import type { Ledger } from '../open-ledger.js';
import { instantOf } from './instant-of.js';

/** When these agents were last recorded as there; those that never were are left out. */
export async function lastSeen(ledger: Ledger, agentIds: readonly string[]): Promise<Map<string, Date>> {
  if (agentIds.length === 0) return new Map();
  const { rows } = await ledger.execute<{ id: string; last_seen_at: string }>(
    sql`select id, last_seen_at from agents where id = any(${sql.param([...agentIds])}::text[])`,
  );
  return new Map(rows.map((row) => [row.id, instantOf(row.last_seen_at) ?? new Date(0)]));
}
