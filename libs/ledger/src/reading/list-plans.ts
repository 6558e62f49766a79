import { and, asc, count, eq, isNotNull, isNull, or, sql, type SQL } from 'drizzle-orm';
import { cutPage, decodeCursor, type KeysetPage, type PageRequest } from '../keyset-cursor.js';
import { CursorError } from '../ledger-errors.js';
import type { Ledger } from '../open-ledger.js';
import { plans } from '../schema.js';
import type { PlanRow } from './read-plans.js';

export interface PlanFilter extends PageRequest {
  /** Part of name, agent or source directory; capital or small does not matter. */
  readonly search?: string | undefined;
  readonly agentId?: string | undefined;
  readonly vaultId?: string | undefined;
  readonly paused?: boolean | undefined;
  readonly planIds?: readonly string[] | undefined;
  /** `created`: in the order they were made, so that a new one never shifts a page. */
  readonly sort?: 'created' | 'name' | undefined;
}

export interface PlanList extends KeysetPage<PlanRow> {
  /** Of all pages. */
  readonly total: number;
}

/** Live plans that fit the filter. @throws CursorError */
export async function listPlans(ledger: Ledger, filter: PlanFilter): Promise<PlanList> {
  const fitting = fits(filter);
  const [page, [counted]] = await Promise.all([
    filter.sort === 'name' ? byName(ledger, filter, fitting) : byAge(ledger, filter, fitting),
    ledger.select({ total: count() }).from(plans).where(fitting),
  ]);
  return { ...page, total: counted?.total ?? 0 };
}

async function byAge(
  ledger: Ledger,
  { limit, cursor }: PageRequest,
  fitting: SQL | undefined,
): Promise<KeysetPage<PlanRow>> {
  const after = cursor === undefined ? undefined : decodeCursor(cursor);
  const rows = await ledger
    .select()
    .from(plans)
    .where(
      and(
        fitting,
        after && sql`(${plans.createdAt}, ${plans.id}) > (${after.at.toISOString()}, ${after.id})`,
      ),
    )
    .orderBy(asc(plans.createdAt), asc(plans.id))
    .limit(limit + 1);
  return cutPage(
    rows,
    limit,
    (row) => ({ at: row.createdAt, id: row.id }),
    (row) => row,
  );
}

/** A name never changes: the cursor names the last plan of the page before, and the database knows where it stands. */
async function byName(
  ledger: Ledger,
  { limit, cursor }: PageRequest,
  fitting: SQL | undefined,
): Promise<KeysetPage<PlanRow>> {
  const after = cursor === undefined ? undefined : idOf(cursor);
  const rows = await ledger
    .select()
    .from(plans)
    .where(
      and(
        fitting,
        after === undefined
          ? undefined
          : sql`(lower(${plans.name}), ${plans.id}) > (select lower(last.name), last.id from plans last where last.id = ${after})`,
      ),
    )
    .orderBy(sql`lower(${plans.name})`, asc(plans.id))
    .limit(limit + 1);
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last ? `name.${last.id}` : null };
}

function idOf(cursor: string): string {
  const [, id] = /^name\.([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})$/.exec(cursor) ?? [];
  if (id === undefined)
    throw new CursorError('The cursor is not one that an earlier page gave: ask for the first page again.');
  return id;
}

function fits({ search, agentId, vaultId, paused, planIds }: PlanFilter): SQL | undefined {
  const pattern = search === undefined ? undefined : `%${search.replace(/[\\%_]/g, String.raw`\$&`)}%`;
  return and(
    isNull(plans.deletedAt),
    // One parameter, however many they are.
    planIds && sql`${plans.id} = any(${sql.param([...planIds])}::uuid[])`,
    agentId === undefined ? undefined : eq(plans.agentId, agentId),
    vaultId === undefined ? undefined : eq(plans.vaultId, vaultId),
    paused === undefined ? undefined : paused ? isNotNull(plans.pausedAt) : isNull(plans.pausedAt),
    pattern === undefined
      ? undefined
      : or(...[plans.name, plans.agentId, plans.sourceDir].map((column) => sql`${column} ilike ${pattern}`)),
  );
}
