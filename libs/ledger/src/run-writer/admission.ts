import { and, asc, count, eq, inArray, isNotNull, isNull, lte, or, sql } from 'drizzle-orm';
import type { Ledger } from '../open-ledger.js';
import type { RunRow } from '../reading/read-runs.js';
import { plans, runs, vaultLimits } from '../schema.js';

/** Namespace of the advisory locks of vaults. Taken after that of a plan, never before. */
const VAULT_LOCKS = 0x7661;

/** How many backups a vault lets be under way, and how many are, queued ones included. Tasks take no room. */
export interface VaultRoom {
  readonly maxRuns: number;
  active: number;
}

/**
 * The room of a vault within a transaction that may take of it: until its end no other scheduler counts, so that
 * together they never exceed the limit. Null if the vault has no limit.
 */
export async function lockVaultRoom(transaction: Ledger, vaultId: string): Promise<VaultRoom | null> {
  const [limited] = await transaction
    .select({ maxRuns: vaultLimits.maxRuns })
    .from(vaultLimits)
    .where(eq(vaultLimits.vaultId, vaultId));
  if (!limited || limited.maxRuns === null) return null;
  await transaction.execute(sql`select pg_advisory_xact_lock(${VAULT_LOCKS}, hashtext(${vaultId}))`);
  const [{ active } = { active: 0 }] = await transaction
    .select({ active: count() })
    .from(runs)
    .innerJoin(plans, eq(plans.id, runs.planId))
    .where(
      and(eq(runs.kind, 'backup'), inArray(runs.state, ['queued', 'running']), eq(plans.vaultId, vaultId)),
    );
  return { maxRuns: limited.maxRuns, active };
}

/** The room of every vault with a limit, as it is now: for a look, not for a decision. */
export async function vaultRooms(ledger: Ledger): Promise<Map<string, VaultRoom>> {
  const active = ledger
    .select({ vaultId: plans.vaultId, active: count().as('active_count') })
    .from(runs)
    .innerJoin(plans, eq(plans.id, runs.planId))
    .where(and(eq(runs.kind, 'backup'), inArray(runs.state, ['queued', 'running'])))
    .groupBy(plans.vaultId)
    .as('active_runs');
  const rows = await ledger
    .select({ vaultId: vaultLimits.vaultId, maxRuns: vaultLimits.maxRuns, active: active.active })
    .from(vaultLimits)
    .leftJoin(active, eq(active.vaultId, vaultLimits.vaultId))
    .where(isNotNull(vaultLimits.maxRuns));
  return new Map(
    rows.map(({ vaultId, maxRuns, active: known }) => [
      vaultId,
      { maxRuns: maxRuns ?? Infinity, active: known ?? 0 },
    ]),
  );
}

/** Runs of a vault that wait for nothing but their turn, which has come at `now`: the longest overdue first. */
export async function nextInTurn(
  ledger: Ledger,
  { vaultId, now, limit }: { vaultId: string; now: Date; limit: number },
): Promise<RunRow[]> {
  const rows = await ledger
    .select({ run: runs })
    .from(runs)
    .innerJoin(plans, eq(plans.id, runs.planId))
    .where(
      and(
        eq(runs.heldBack, true),
        eq(runs.kind, 'backup'),
        eq(runs.state, 'waiting'),
        or(isNull(runs.notBefore), lte(runs.notBefore, now)),
        eq(plans.vaultId, vaultId),
      ),
    )
    .orderBy(asc(runs.scheduledFor), asc(runs.id))
    .limit(limit);
  return rows.map(({ run }) => run);
}
