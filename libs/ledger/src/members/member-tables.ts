import { sql } from 'drizzle-orm';
import { index, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import type { MemberRole } from '@periodic-backup/contracts';
import { instant } from '../columns.js';

/** Writer: admin-api. Who belongs to the fleet by a key of its own: agents and receivers. */
export const members = pgTable(
  'members',
  {
    role: text('role').$type<MemberRole>().notNull(),
    id: text('id').notNull(),
    /** PEM. */
    publicKey: text('public_key').notNull(),
    /** SHA-256 of it, hex: what tickets are bound to. */
    keyId: text('key_id').notNull(),
    hostname: text('hostname').notNull(),
    version: text('version').notNull(),
    /** SHA-256 (hex) of the password of its Redis user; null: it has none. */
    redisPasswordHash: text('redis_password_hash'),
    joinedAt: instant('joined_at').notNull(),
    revokedAt: instant('revoked_at'),
  },
  (table) => [primaryKey({ columns: [table.role, table.id] })],
);

/** Writer: admin-api. Every certificate that was made for a member. */
export const certificates = pgTable(
  'certificates',
  {
    /** Hex, as Node shows it. */
    serial: text('serial').primaryKey(),
    role: text('role').$type<MemberRole>().notNull(),
    memberId: text('member_id').notNull(),
    issuedAt: instant('issued_at').notNull(),
    notAfter: instant('not_after').notNull(),
    revokedAt: instant('revoked_at'),
  },
  (table) => [
    index('certificates_member').on(table.role, table.memberId),
    index('certificates_revoked')
      .on(table.notAfter)
      .where(sql`revoked_at is not null`),
  ],
);

/** Writer: admin-api. One-time rights to join. */
export const invitations = pgTable(
  'invitations',
  {
    /** SHA-256 (hex) of the token. */
    tokenHash: text('token_hash').primaryKey(),
    role: text('role').$type<MemberRole>().notNull(),
    memberId: text('member_id').notNull(),
    createdAt: instant('created_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
    usedAt: instant('used_at'),
  },
  (table) => [index('invitations_expiry').on(table.expiresAt)],
);
