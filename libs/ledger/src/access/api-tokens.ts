import { and, desc, eq, gt, isNull, or, sql } from 'drizzle-orm';
import type { Ledger } from '../open-ledger.js';
import { apiTokens, users } from './access-tables.js';
import type { UserRow } from './read-users.js';

/** How exactly the last use is noted: not every request is to be a write. */
const USE_NOTED_MS = 60_000;
/** Nobody keeps so many in use; the oldest are left out of the list. */
const MAX_LISTED = 1000;

export type ApiTokenRow = typeof apiTokens.$inferSelect;

export interface OwnedToken {
  readonly token: ApiTokenRow;
  /** Null: the installation's. */
  readonly owner: UserRow | null;
}

export async function addApiToken(
  ledger: Ledger,
  token: typeof apiTokens.$inferInsert,
): Promise<ApiTokenRow> {
  const [row] = await ledger.insert(apiTokens).values(token).returning();
  return row!;
}

/** Also one that is revoked or expired: the caller judges. */
export async function findApiToken(ledger: Ledger, id: string): Promise<OwnedToken | null> {
  const [row] = await ledger
    .select({ token: apiTokens, owner: users })
    .from(apiTokens)
    .leftJoin(users, eq(users.id, apiTokens.userId))
    .where(eq(apiTokens.id, id));
  return row ?? null;
}

/** Notes that it was used, to the minute. */
export async function noteTokenUse(
  ledger: Ledger,
  { id, lastUsedAt }: ApiTokenRow,
  now: Date,
  address: string,
): Promise<void> {
  if (lastUsedAt !== null && now.getTime() - lastUsedAt.getTime() < USE_NOTED_MS) return;
  await ledger.update(apiTokens).set({ lastUsedAt: now, lastUsedFrom: address }).where(eq(apiTokens.id, id));
}

/** Newest first. Those of `userId`, or everybody's; `all`: revoked and expired ones, too. */
export function listApiTokens(
  ledger: Ledger,
  { userId, all }: { userId?: string | undefined; all: boolean },
): Promise<OwnedToken[]> {
  return ledger
    .select({ token: apiTokens, owner: users })
    .from(apiTokens)
    .leftJoin(users, eq(users.id, apiTokens.userId))
    .where(
      and(
        userId === undefined ? undefined : eq(apiTokens.userId, userId),
        all
          ? undefined
          : and(
              isNull(apiTokens.revokedAt),
              gt(apiTokens.expiresAt, sql`now()`),
              or(isNull(apiTokens.userId), isNull(users.removedAt)),
            ),
      ),
    )
    .orderBy(desc(apiTokens.createdAt), desc(apiTokens.id))
    .limit(MAX_LISTED);
}

/** False if it was revoked before. */
export async function revokeApiToken(ledger: Ledger, id: string): Promise<boolean> {
  const rows = await ledger
    .update(apiTokens)
    .set({ revokedAt: sql`now()` })
    .where(and(eq(apiTokens.id, id), isNull(apiTokens.revokedAt)))
    .returning();
  return rows.length > 0;
}
