import { desc, sql } from 'drizzle-orm';
import { FIRST_PREVIOUS_HASH, type AuditEntry, type AuditHead } from '@periodic-backup/contracts';
import type { Ledger } from '../open-ledger.js';
import { auditHash } from './audit-hash.js';
import { auditEntries } from './audit-table.js';
import { storableDetail, storableText } from './storable-detail.js';

/** Namespace of the advisory locks of the audit log: "au". */
const AUDIT_LOCKS = 0x6175;
const APPEND_LOCK = 1;

export interface NewAuditEntry {
  readonly actor: string;
  readonly via: string;
  readonly address: string | null;
  readonly action: string;
  readonly object: string | null;
  /** No secrets: whoever may read the log reads them. */
  readonly detail?: Readonly<Record<string, unknown>>;
}

/**
 * Adds an entry behind the newest one, whoever else adds at the same time. Within a transaction of the caller the log
 * is locked until that one ends: call it last.
 */
export function appendAudit(ledger: Ledger, entry: NewAuditEntry): Promise<AuditEntry> {
  return ledger.transaction(async (transaction) => {
    await transaction.execute(sql`select pg_advisory_xact_lock(${AUDIT_LOCKS}, ${APPEND_LOCK})`);
    // A statement of its own: it sees what the one before us in the queue has committed.
    const { sequence, hash } = await auditHead(transaction);
    const unhashed = {
      sequence: sequence + 1,
      at: (await clockOf(transaction)).toISOString(),
      actor: storableText(entry.actor),
      via: storableText(entry.via),
      address: entry.address,
      action: entry.action,
      object: entry.object === null ? null : storableText(entry.object),
      detail: storableDetail(entry.detail ?? {}),
      previousHash: hash,
    };
    const added = { ...unhashed, hash: auditHash(unhashed) };
    await transaction.insert(auditEntries).values({ ...added, at: new Date(added.at) });
    return added;
  });
}

/** The newest entry's place in the chain; sequence 0 while there is none. */
export async function auditHead(ledger: Ledger): Promise<AuditHead> {
  const [head] = await ledger
    .select({ sequence: auditEntries.sequence, hash: auditEntries.hash })
    .from(auditEntries)
    .orderBy(desc(auditEntries.sequence))
    .limit(1);
  return head ?? { sequence: 0, hash: FIRST_PREVIOUS_HASH };
}

/** One clock for all writers: that of the database. */
async function clockOf(ledger: Ledger): Promise<Date> {
  const { rows } = await ledger.execute<{ now: string | Date }>(sql`select clock_timestamp() as now`);
  return new Date(rows[0]!.now);
}
