import { sql } from 'drizzle-orm';
import { index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import type { GrantedRight, Role, TokenKind } from '@periodic-backup/contracts';
import { instant } from '../columns.js';

/** Who may use the REST API. Writer of all: admin-api. Of passwords, sessions and tokens only hashes are here. */

/** Those who were removed keep their row: a name means one person for ever, also in the audit log. */
export const users = pgTable(
  'users',
  {
    id: uuid('id').primaryKey(),
    name: text('name').notNull(),
    /** Argon2id, as a PHC string. */
    passwordHash: text('password_hash').notNull(),
    role: text('role').$type<Role>().notNull(),
    granted: jsonb('granted').$type<GrantedRight[]>().notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
    lastLoginAt: instant('last_login_at'),
    removedAt: instant('removed_at'),
  },
  (table) => [uniqueIndex('users_name').on(table.name)],
);

/** Browsers that are logged in. */
export const sessions = pgTable(
  'sessions',
  {
    /** SHA-256 of the cookie's value. */
    idHash: text('id_hash').primaryKey(),
    userId: uuid('user_id').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
    /** To the minute. */
    lastUsedAt: instant('last_used_at').notNull().defaultNow(),
    expiresAt: instant('expires_at').notNull(),
  },
  (table) => [index('sessions_user').on(table.userId), index('sessions_expiry').on(table.expiresAt)],
);

/** For programs. Revoked and expired ones keep their row. */
export const apiTokens = pgTable(
  'api_tokens',
  {
    id: text('id').primaryKey(),
    kind: text('kind').$type<TokenKind>().notNull(),
    name: text('name').notNull(),
    /** SHA-256. */
    secretHash: text('secret_hash').notNull(),
    /** Whose it is; null: the installation's. */
    userId: uuid('user_id'),
    role: text('role').$type<Role>().notNull(),
    granted: jsonb('granted').$type<GrantedRight[]>().notNull(),
    planIds: jsonb('plan_ids').$type<string[]>(),
    createdAt: instant('created_at').notNull().defaultNow(),
    expiresAt: instant('expires_at').notNull(),
    /** To the minute. */
    lastUsedAt: instant('last_used_at'),
    lastUsedFrom: text('last_used_from'),
    revokedAt: instant('revoked_at'),
  },
  (table) => [
    index('api_tokens_user').on(table.userId),
    index('api_tokens_by_time').on(table.createdAt.desc().nullsFirst(), table.id.desc().nullsFirst()),
  ],
);

/** Logins that failed lately, counted by account and by address. */
export const loginFailures = pgTable(
  'login_failures',
  {
    /** Digest of the account's name, known or not, or the address. */
    key: text('key').primaryKey(),
    failures: integer('failures').notNull(),
    lastAt: instant('last_at').notNull(),
    /** No password is looked at before this instant. */
    closedUntil: instant('closed_until').notNull(),
  },
  (table) => [index('login_failures_last').on(table.lastAt)],
);

/** Where a user has logged in from: what strangers do to the account does not close it there. */
export const loginPlaces = pgTable(
  'login_places',
  {
    userId: uuid('user_id').notNull(),
    address: text('address').notNull(),
    lastAt: instant('last_at')
      .notNull()
      .default(sql`now()`),
  },
  (table) => [primaryKey({ columns: [table.userId, table.address] })],
);
