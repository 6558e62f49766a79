import { sql } from 'drizzle-orm';
import type { Bandwidth } from '@periodic-backup/contracts';
import type { Ledger } from '../open-ledger.js';

/** What holds for an agent when it is sent work. */
export interface AgentTerms {
  /** Of all its runs together; null: no limit. */
  readonly bandwidth: Bandwidth | null;
  /** Id of its key; null: it has none here. */
  readonly keyId: string | null;
  readonly revoked: boolean;
}

/** With one question: it is asked at each dispatch. */
export async function agentTerms(ledger: Ledger, agentId: string): Promise<AgentTerms> {
  const { rows } = await ledger.execute<{
    bandwidth: Bandwidth | null;
    key_id: string | null;
    revoked: boolean;
  }>(
    sql`select l.bandwidth, m.key_id, m.revoked_at is not null as revoked
        from (select ${agentId}::text as id) as a
        left join agent_limits l on l.agent_id = a.id
        left join members m on m.role = 'agent' and m.id = a.id`,
  );
  const [row] = rows;
  return { bandwidth: row?.bandwidth ?? null, keyId: row?.key_id ?? null, revoked: row?.revoked ?? false };
}
