import { and, asc, count, eq, gt, isNull, sql } from 'drizzle-orm';
import type { Ledger } from '../open-ledger.js';
import { sessions, users } from './access-tables.js';

export type UserRow = typeof users.$inferSelect;

/** From the first user on a login is needed. */
export async function usersExist(ledger: Ledger): Promise<boolean> {
  const rows = await ledger.select({ id: users.id }).from(users).where(isNull(users.removedAt)).limit(1);
  return rows.length > 0;
}

export async function findUser(ledger: Ledger, name: string): Promise<UserRow | null> {
  const [row] = await ledger
    .select()
    .from(users)
    .where(and(eq(users.name, name), isNull(users.removedAt)));
  return row ?? null;
}

export async function getUser(ledger: Ledger, id: string): Promise<UserRow | null> {
  const [row] = await ledger
    .select()
    .from(users)
    .where(and(eq(users.id, id), isNull(users.removedAt)));
  return row ?? null;
}

/** By name, with the browsers in which each is logged in and was seen since `idleSince`. */
export async function listUsers(
  ledger: Ledger,
  idleSince: Date,
): Promise<(UserRow & { sessions: number })[]> {
  const rows = await ledger
    .select({ user: users, sessions: count(sessions.idHash) })
    .from(users)
    .leftJoin(
      sessions,
      and(
        eq(sessions.userId, users.id),
        gt(sessions.expiresAt, sql`now()`),
        gt(sessions.lastUsedAt, idleSince),
      ),
    )
    .where(isNull(users.removedAt))
    .groupBy(users.id)
    .orderBy(asc(users.name));
  return rows.map(({ user, sessions: open }) => ({ ...user, sessions: open }));
}
