import { sql } from 'drizzle-orm';
import type { Ledger } from '../open-ledger.js';
import { STANDING_MEMBERS, columnOf } from './standing-columns.js';
import { workedOut } from './work-out-standings.js';

/** Of this database, so that it meets no other advisory lock. */
const STANDINGS_LOCK = 0x7374;

const names = STANDING_MEMBERS.map((member) => `"${columnOf(member)}"`);
const columns = sql.raw(names.join(', '));
const changes = sql.raw(names.map((name) => `${name} = excluded.${name}`).join(', '));

/**
 * Works out anew what the marked plans amount to, so many at most, and takes their marks away. Resolves with how many it
 * did; 0 also if another scheduler is at it. A mark that is made meanwhile stays for the next time.
 */
export function renewStandings(ledger: Ledger, limit: number): Promise<number> {
  return ledger.transaction(async (transaction) => {
    const { rows } = await transaction.execute<{ mine: boolean }>(
      sql`select pg_try_advisory_xact_lock(${STANDINGS_LOCK}) as mine`,
    );
    if (rows[0]?.mine !== true) return 0;
    const marked = await transaction.execute<{ plan_id: string }>(sql`
      delete from plan_marks where plan_id in (select distinct plan_id from plan_marks limit ${limit}) returning plan_id`);
    const planIds = [...new Set(marked.rows.map((row) => row.plan_id))];
    if (planIds.length === 0) return 0;
    // A statement of its own sees at least what was committed with the marks that are gone.
    await transaction.execute(sql`
      insert into plan_standings (${columns}) select ${columns} from (${workedOut(planIds)}) as fresh
      on conflict (plan_id) do update set ${changes}`);
    return planIds.length;
  });
}
