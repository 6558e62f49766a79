import { and, eq, gt, isNull, lt, or, sql } from 'drizzle-orm';
import type { Ledger } from '../open-ledger.js';
import { sessions, users } from './access-tables.js';
import type { UserRow } from './read-users.js';

/** How exactly the last use is noted: not every request is to be a write. */
const USE_NOTED_MS = 60_000;

export async function addSession(
  ledger: Ledger,
  session: { idHash: string; userId: string; expiresAt: Date },
): Promise<void> {
  await ledger.insert(sessions).values(session);
  await ledger
    .update(users)
    .set({ lastLoginAt: sql`now()` })
    .where(eq(users.id, session.userId));
}

/** Whose session it is, if it has neither expired nor rested for `idleMs`; notes that it is used. */
export async function useSession(
  ledger: Ledger,
  idHash: string,
  { now, idleMs }: { now: Date; idleMs: number },
): Promise<UserRow | null> {
  const [found] = await ledger
    .select({ user: users, lastUsedAt: sessions.lastUsedAt })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(
      and(
        eq(sessions.idHash, idHash),
        gt(sessions.expiresAt, now),
        gt(sessions.lastUsedAt, new Date(now.getTime() - idleMs)),
        isNull(users.removedAt),
      ),
    );
  if (!found) return null;
  if (now.getTime() - found.lastUsedAt.getTime() > USE_NOTED_MS)
    await ledger.update(sessions).set({ lastUsedAt: now }).where(eq(sessions.idHash, idHash));
  return found.user;
}

/** False if there was none. */
export async function endSession(ledger: Ledger, idHash: string): Promise<boolean> {
  return (await ledger.delete(sessions).where(eq(sessions.idHash, idHash)).returning()).length > 0;
}

/** Those that nobody can use any more. */
export async function forgetSessions(
  ledger: Ledger,
  { now, idleMs }: { now: Date; idleMs: number },
): Promise<void> {
  await ledger
    .delete(sessions)
    .where(or(lt(sessions.expiresAt, now), lt(sessions.lastUsedAt, new Date(now.getTime() - idleMs))));
}
