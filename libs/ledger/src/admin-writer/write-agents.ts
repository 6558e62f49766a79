import { sql } from 'drizzle-orm';
import type { Ledger } from '../open-ledger.js';

export interface SeenAgent {
  readonly id: string;
  readonly hostname: string;
  readonly version: string;
  readonly seenAt: Date;
}

/** Heartbeats come every 2 s; that thousands of agents are still there is not written down each time. */
const WORTH_WRITING = sql`interval '30 s'`;

/**
 * Remembers agents that announced themselves; the first sight stays, an older heartbeat changes nothing, one that says
 * nothing new is written down if the last one is half a minute ago.
 */
export async function upsertAgents(ledger: Ledger, seen: readonly SeenAgent[]): Promise<void> {
  if (seen.length === 0) return;
  const column = (values: readonly string[]) => sql.param([...values]);
  // In one order everywhere: two writers must not wait for each other's rows.
  await ledger.execute(sql`
    insert into agents (id, hostname, version, first_seen_at, last_seen_at)
    select seen.id, seen.hostname, seen.version, seen.at, seen.at
    from unnest(${column(seen.map(({ id }) => id))}::text[], ${column(seen.map(({ hostname }) => hostname))}::text[],
      ${column(seen.map(({ version }) => version))}::text[],
      ${column(seen.map(({ seenAt }) => seenAt.toISOString()))}::timestamptz[]) as seen (id, hostname, version, at)
    left join agents as known on known.id = seen.id
    where known.id is null or seen.at > known.last_seen_at + ${WORTH_WRITING}
      or (seen.at > known.last_seen_at and (seen.hostname, seen.version) is distinct from (known.hostname, known.version))
    order by seen.id
    on conflict (id) do update
    set hostname = excluded.hostname, version = excluded.version, last_seen_at = excluded.last_seen_at
    where excluded.last_seen_at > agents.last_seen_at`);
}
