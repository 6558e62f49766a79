import { sql, type SQL } from 'drizzle-orm';
import type { Ledger } from '../open-ledger.js';
import { selected, standingReader, type PlanStanding } from './standing-columns.js';
import { workedOut } from './work-out-standings.js';

/**
 * These members of the standings of every plan in `scope`, a condition on `plans`, as they are now: what is not worked out
 * yet, or not any more, is worked out on the spot. By plan.
 */
export async function readStandings<Member extends keyof PlanStanding>(
  ledger: Ledger,
  members: readonly Member[],
  scope: SQL,
): Promise<Map<string, Pick<PlanStanding, Member>>> {
  const { rows } = await ledger.execute<{ of: string; known: boolean }>(sql`
    select plans.id as of, standing.plan_id is not null as known, ${selected('standing', members)}
    from plans left join plan_standings as standing
      on standing.plan_id = plans.id and plans.id not in (select plan_id from plan_marks)
    where ${scope}`);
  const read = standingReader(members);
  const standings = new Map(rows.map((row) => [row.of, read(row)]));
  const unknown = rows.filter(({ known }) => !known).map((row) => row.of);
  for (const row of await freshRows(ledger, members, unknown)) standings.set(row.of, read(row));
  return standings;
}

async function freshRows(
  ledger: Ledger,
  members: readonly (keyof PlanStanding)[],
  planIds: readonly string[],
): Promise<{ of: string }[]> {
  if (planIds.length === 0) return [];
  const { rows } = await ledger.execute<{ of: string }>(sql`
    select fresh.plan_id as of, ${selected('fresh', members)} from (${workedOut(planIds)}) as fresh`);
  return rows;
}
