import { and, eq, isNull, ne, sql } from 'drizzle-orm';
import type { GrantedRight, Role } from '@periodic-backup/contracts';
import { NameTakenError } from '../ledger-errors.js';
import type { Ledger } from '../open-ledger.js';
import { FirstUserError, LastAdminError } from './access-errors.js';
import { apiTokens, sessions, users } from './access-tables.js';
import { usersExist, type UserRow } from './read-users.js';

/** Namespace of the advisory locks of access: "us". Users are changed one after the other, so that one admin is left. */
const USER_LOCKS = 0x7573;
const CHANGE_LOCK = 1;

export interface NewUser {
  readonly id: string;
  readonly name: string;
  readonly passwordHash: string;
  readonly role: Role;
  readonly granted: GrantedRight[];
}

export type UserChange = Partial<Pick<UserRow, 'passwordHash' | 'role' | 'granted'>>;

/** A name that was removed comes back as the same person. @throws NameTakenError, FirstUserError */
export function addUser(ledger: Ledger, { id, ...user }: NewUser): Promise<UserRow> {
  return changing(ledger, async (transaction) => {
    if (user.role !== 'admin' && !(await usersExist(transaction))) throw new FirstUserError();
    const [row] = await transaction
      .insert(users)
      .values({ id, ...user })
      .onConflictDoUpdate({
        target: users.name,
        set: { ...user, createdAt: sql`now()`, lastLoginAt: null, removedAt: null },
        setWhere: sql`${users.removedAt} is not null`,
      })
      .returning();
    if (!row) throw new NameTakenError('user', user.name);
    return row;
  });
}

/**
 * Changes a user to what `decide` makes of them; null if there is none. A new password ends every session and every
 * `pbk login`. @throws LastAdminError
 */
export function changeUser(
  ledger: Ledger,
  id: string,
  decide: (current: UserRow) => UserChange,
): Promise<UserRow | null> {
  return changing(ledger, async (transaction) => {
    const current = await liveUser(transaction, id);
    if (!current) return null;
    const change = decide(current);
    if (change.role !== undefined && change.role !== 'admin') await keepAnAdmin(transaction, current);
    const [row] = await transaction.update(users).set(change).where(eq(users.id, id)).returning();
    if (change.passwordHash !== undefined) {
      await transaction.delete(sessions).where(eq(sessions.userId, id));
      await revokeTokens(transaction, id, 'cli');
    }
    return row ?? null;
  });
}

/** Ends all their sessions and tokens. `check` may refuse by throwing. Null if there is none. @throws LastAdminError */
export function removeUser(
  ledger: Ledger,
  id: string,
  check: (current: UserRow) => void = () => undefined,
): Promise<UserRow | null> {
  return changing(ledger, async (transaction) => {
    const current = await liveUser(transaction, id);
    if (!current) return null;
    check(current);
    await keepAnAdmin(transaction, current);
    await transaction
      .update(users)
      .set({ removedAt: sql`now()` })
      .where(eq(users.id, id));
    await transaction.delete(sessions).where(eq(sessions.userId, id));
    await revokeTokens(transaction, id);
    return current;
  });
}

/** The hash that a better algorithm or cost makes of the same password. */
export async function renewPasswordHash(
  ledger: Ledger,
  before: UserRow,
  passwordHash: string,
): Promise<void> {
  await ledger
    .update(users)
    .set({ passwordHash })
    .where(and(eq(users.id, before.id), eq(users.passwordHash, before.passwordHash)));
}

function changing<T>(ledger: Ledger, change: (transaction: Ledger) => Promise<T>): Promise<T> {
  return ledger.transaction(async (transaction) => {
    await transaction.execute(sql`select pg_advisory_xact_lock(${USER_LOCKS}, ${CHANGE_LOCK})`);
    return change(transaction);
  });
}

async function liveUser(ledger: Ledger, id: string): Promise<UserRow | undefined> {
  const [row] = await ledger
    .select()
    .from(users)
    .where(and(eq(users.id, id), isNull(users.removedAt)))
    .for('update');
  return row;
}

async function keepAnAdmin(ledger: Ledger, current: UserRow): Promise<void> {
  if (current.role !== 'admin') return;
  const others = await ledger
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.role, 'admin'), isNull(users.removedAt), ne(users.id, current.id)))
    .limit(1);
  if (others.length === 0) throw new LastAdminError(current.name);
}

async function revokeTokens(ledger: Ledger, userId: string, kind?: 'cli'): Promise<void> {
  await ledger
    .update(apiTokens)
    .set({ revokedAt: sql`now()` })
    .where(
      and(
        eq(apiTokens.userId, userId),
        isNull(apiTokens.revokedAt),
        kind === undefined ? undefined : eq(apiTokens.kind, kind),
      ),
    );
}
