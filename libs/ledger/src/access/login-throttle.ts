import { and, eq, inArray, lt, sql } from 'drizzle-orm';
import type { Ledger } from '../open-ledger.js';
import { loginFailures, loginPlaces } from './access-tables.js';

/** Namespace of the advisory locks of logins: "lo". */
const LOGIN_LOCKS = 0x6c6f;

/** Something that failures are counted by. */
export interface LoginCount {
  readonly key: string;
  /** Failures in a row that cost no waiting. */
  readonly free: number;
}

/** Doubles with every failure beyond the free ones, to this: nobody is shut out for longer. */
export const MAX_CLOSED_MS = 900_000;
const FIRST_CLOSED_MS = 10_000;
/** So long after the last failure all is forgotten. */
const FORGOTTEN_MS = 3_600_000;
/** Of what is not closed. */
const OPEN = new Date(0);
const PLACES_KEPT_MS = 90 * 86_400_000;

/** How long no password is looked at after so many failures in a row. */
export function closedMs(failures: number, free: number): number {
  return failures < free ? 0 : Math.min(MAX_CLOSED_MS, FIRST_CLOSED_MS * 2 ** Math.min(30, failures - free));
}

/**
 * Begins an attempt: it counts as failed until `loginSucceeded`, so that many at once count, too. While one of `counts` is
 * closed it does not begin and does not count: resolves with the instant from which on one may try again.
 */
export function beginLogin(ledger: Ledger, counts: readonly LoginCount[], now: Date): Promise<Date | null> {
  const keys = counts.map(({ key }) => key).sort();
  return ledger.transaction(async (transaction) => {
    for (const key of keys)
      await transaction.execute(sql`select pg_advisory_xact_lock(${LOGIN_LOCKS}, hashtext(${key}))`);
    const rows = await transaction.select().from(loginFailures).where(inArray(loginFailures.key, keys));
    const closedUntil = Math.max(0, ...rows.map((row) => row.closedUntil.getTime()));
    if (closedUntil > now.getTime()) return new Date(closedUntil);
    for (const { key, free } of counts) {
      const before = rows.find((row) => row.key === key);
      const isRecent = before !== undefined && now.getTime() - before.lastAt.getTime() < FORGOTTEN_MS;
      const failures = (isRecent ? before.failures : 0) + 1;
      const closed = closedMs(failures, free);
      // Others read their clocks a moment earlier: what is open must not look closed to them.
      const change = {
        failures,
        lastAt: now,
        closedUntil: closed === 0 ? OPEN : new Date(now.getTime() + closed),
      };
      await transaction
        .insert(loginFailures)
        .values({ key, ...change })
        .onConflictDoUpdate({ target: loginFailures.key, set: change });
    }
    return null;
  });
}

/** The attempt was none that failed: the account starts anew; of the address only this attempt is taken back. */
export async function loginSucceeded(
  ledger: Ledger,
  {
    accountKey,
    addressKey,
    userId,
    address,
  }: { accountKey: string; addressKey: string; userId: string; address: string },
): Promise<void> {
  await ledger.delete(loginFailures).where(eq(loginFailures.key, accountKey));
  await ledger
    .update(loginFailures)
    .set({
      failures: sql`greatest(0, ${loginFailures.failures} - 1)`,
      closedUntil: OPEN,
    })
    .where(eq(loginFailures.key, addressKey));
  await ledger
    .insert(loginPlaces)
    .values({ userId, address })
    .onConflictDoUpdate({ target: [loginPlaces.userId, loginPlaces.address], set: { lastAt: sql`now()` } });
}

/** Whether the user has logged in from there before. */
export async function isLoginPlace(ledger: Ledger, userId: string, address: string): Promise<boolean> {
  const rows = await ledger
    .select({ at: loginPlaces.lastAt })
    .from(loginPlaces)
    .where(and(eq(loginPlaces.userId, userId), eq(loginPlaces.address, address)));
  return rows.length > 0;
}

/** What no longer counts. */
export async function forgetLogins(ledger: Ledger, now: Date): Promise<void> {
  await ledger.delete(loginFailures).where(lt(loginFailures.lastAt, new Date(now.getTime() - FORGOTTEN_MS)));
  await ledger.delete(loginPlaces).where(lt(loginPlaces.lastAt, new Date(now.getTime() - PLACES_KEPT_MS)));
}
