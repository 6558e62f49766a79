import { and, desc, eq, gte, like, lt, or } from 'drizzle-orm';
import type { AuditEntry } from '@periodic-backup/contracts';
import type { KeysetPage, PageRequest } from '../keyset-cursor.js';
import { CursorError } from '../ledger-errors.js';
import type { Ledger } from '../open-ledger.js';
import { auditEntries } from './audit-table.js';

export interface AuditFilter extends PageRequest {
  readonly actor?: string | undefined;
  /** Exact, or the beginning up to a dot. */
  readonly action?: string | undefined;
  readonly object?: string | undefined;
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
}

/** Entries that fit, newest first. The cursor is the sequence of the last one seen. @throws CursorError */
export async function listAudit(ledger: Ledger, filter: AuditFilter): Promise<KeysetPage<AuditEntry>> {
  const { limit, cursor, actor, action, object, since, until } = filter;
  const rows = await ledger
    .select()
    .from(auditEntries)
    .where(
      and(
        cursor === undefined ? undefined : lt(auditEntries.sequence, sequenceOf(cursor)),
        actor === undefined ? undefined : eq(auditEntries.actor, actor),
        action === undefined
          ? undefined
          : or(eq(auditEntries.action, action), like(auditEntries.action, `${literally(action)}.%`)),
        object === undefined ? undefined : eq(auditEntries.object, object),
        since && gte(auditEntries.at, since),
        until && lt(auditEntries.at, until),
      ),
    )
    .orderBy(desc(auditEntries.sequence))
    .limit(limit + 1);
  const kept = rows.slice(0, limit);
  return {
    items: kept.map(toAuditEntry),
    nextCursor: rows.length > limit ? String(kept.at(-1)?.sequence) : null,
  };
}

export function toAuditEntry({ at, ...fields }: typeof auditEntries.$inferSelect): AuditEntry {
  return { ...fields, at: at.toISOString() };
}

function sequenceOf(cursor: string): number {
  if (!/^\d{1,15}$/.test(cursor))
    throw new CursorError('The cursor is not one that an earlier page gave: ask for the first page again.');
  return Number(cursor);
}

const literally = (text: string): string => text.replaceAll(/[\\%_]/g, '\\$&');
