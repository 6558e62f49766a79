import { sql } from 'drizzle-orm';
import type { Ledger } from '../open-ledger.js';
import { agents } from '../schema.js';

export interface SeenAgent {
  readonly id: string;
  readonly hostname: string;
  readonly version: string;
  readonly seenAt: Date;
}

/** Remembers agents that announced themselves; the first sight stays, an older heartbeat changes nothing. */
export async function upsertAgents(ledger: Ledger, seen: readonly SeenAgent[]): Promise<void> {
  if (seen.length === 0) return;
  await ledger
    .insert(agents)
    .values(
      // In one order everywhere: two writers must not wait for each other's rows.
      [...seen]
        .sort((a, b) => (a.id < b.id ? -1 : 1))
        .map(({ seenAt, ...agent }) => ({ ...agent, firstSeenAt: seenAt, lastSeenAt: seenAt })),
    )
    .onConflictDoUpdate({
      target: agents.id,
      set: {
        hostname: sql`excluded.hostname`,
        version: sql`excluded.version`,
        lastSeenAt: sql`excluded.last_seen_at`,
      },
      setWhere: sql`excluded.last_seen_at > ${agents.lastSeenAt}`,
    });
}
