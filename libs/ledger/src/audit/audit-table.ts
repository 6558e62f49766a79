import { bigint, index, jsonb, pgTable, text } from 'drizzle-orm/pg-core';
import { instant } from '../columns.js';

/**
 * Writers: admin-api and scheduler, through `appendAudit` alone (docs/decisions/0010). A trigger refuses to change or
 * delete what is there.
 */
export const auditEntries = pgTable(
  'audit_entries',
  {
    sequence: bigint('sequence', { mode: 'number' }).primaryKey(),
    at: instant('at').notNull(),
    actor: text('actor').notNull(),
    via: text('via').notNull(),
    address: text('address'),
    action: text('action').notNull(),
    object: text('object'),
    detail: jsonb('detail').$type<Record<string, unknown>>().notNull(),
    previousHash: text('previous_hash').notNull(),
    hash: text('hash').notNull(),
  },
  (table) => [
    index('audit_entries_actor').on(table.actor, table.sequence),
    index('audit_entries_action').on(table.action, table.sequence),
    index('audit_entries_object').on(table.object, table.sequence),
    index('audit_entries_at').on(table.at),
  ],
);
