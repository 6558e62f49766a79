import { and, asc, eq, gt } from 'drizzle-orm';
import type { RunProblem } from '@periodic-backup/contracts';
import { CursorError } from '../ledger-errors.js';
import type { KeysetPage, PageRequest } from '../keyset-cursor.js';
import type { Ledger } from '../open-ledger.js';
import { runProblems } from '../schema.js';

/** Paths that a run could not store as it should, in the order it met them. @throws CursorError */
export async function listRunProblems(
  ledger: Ledger,
  runId: string,
  { limit, cursor }: PageRequest,
): Promise<KeysetPage<RunProblem>> {
  const rows = await ledger
    .select()
    .from(runProblems)
    .where(
      and(
        eq(runProblems.runId, runId),
        cursor === undefined ? undefined : gt(runProblems.position, positionOf(cursor)),
      ),
    )
    .orderBy(asc(runProblems.position))
    .limit(limit + 1);
  const kept = rows.slice(0, limit);
  return {
    items: kept.map(({ path, code, message }) => ({ path, code, message })),
    nextCursor: rows.length > limit ? String(kept.at(-1)!.position) : null,
  };
}

function positionOf(cursor: string): number {
  if (!/^\d{1,9}$/.test(cursor))
    throw new CursorError('The cursor is not one that an earlier page gave: ask for the first page again.');
  return Number(cursor);
}
