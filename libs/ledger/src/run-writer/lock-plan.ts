import { sql } from 'drizzle-orm';
import type { Ledger } from '../open-ledger.js';

/** Namespace of the advisory locks of plans, so that they meet no other lock of this database. */
const PLAN_LOCKS = 0x706c;

/**
 * Runs `decide` in a transaction while no other scheduler decides anything about the same plan. What it reads is
 * what every earlier decision left.
 */
export function withPlanLocked<T>(
  ledger: Ledger,
  planId: string,
  decide: (transaction: Ledger) => Promise<T>,
): Promise<T> {
  return ledger.transaction(async (transaction) => {
    await transaction.execute(sql`select pg_advisory_xact_lock(${PLAN_LOCKS}, hashtext(${planId}))`);
    return decide(transaction);
  });
}
