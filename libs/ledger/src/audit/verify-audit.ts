import { asc, gt } from 'drizzle-orm';
import {
  FIRST_PREVIOUS_HASH,
  type AuditEntry,
  type AuditHead,
  type AuditVerification,
} from '@periodic-backup/contracts';
import type { Ledger } from '../open-ledger.js';
import { auditHash } from './audit-hash.js';
import { auditEntries } from './audit-table.js';
import { toAuditEntry } from './read-audit.js';

const BATCH = 500;

/**
 * Walks the whole chain and names the first entry that is not as it was written. `noted` is a head that was written
 * down elsewhere: only by such a one can it be seen that entries were cut off at the end.
 */
export async function verifyAudit(
  ledger: Ledger,
  noted: AuditHead | null = null,
): Promise<AuditVerification> {
  let head: AuditHead = { sequence: 0, hash: FIRST_PREVIOUS_HASH };
  for (;;) {
    const rows = await ledger
      .select()
      .from(auditEntries)
      .where(gt(auditEntries.sequence, head.sequence))
      .orderBy(asc(auditEntries.sequence))
      .limit(BATCH);
    for (const entry of rows.map(toAuditEntry)) {
      const reason = faultOf(entry, head, noted);
      if (reason !== null) return broken(head, entry.sequence, reason);
      head = { sequence: entry.sequence, hash: entry.hash };
    }
    if (rows.length === BATCH) continue;
    if (noted !== null && noted.sequence > head.sequence)
      return broken(
        head,
        head.sequence + 1,
        `it is not there any more, although entry ${noted.sequence} was written once: the end was cut off`,
      );
    return { intact: true, entries: head.sequence, head, firstBroken: null };
  }
}

function broken(head: AuditHead, sequence: number, reason: string): AuditVerification {
  return { intact: false, entries: head.sequence, head, firstBroken: { sequence, reason } };
}

function faultOf(entry: AuditEntry, before: AuditHead, noted: AuditHead | null): string | null {
  if (entry.sequence !== before.sequence + 1)
    return `it follows entry ${before.sequence}: what was between them is gone`;
  if (entry.previousHash !== before.hash)
    return `it does not continue entry ${before.sequence}: that one or this one was replaced`;
  if (auditHash(entry) !== entry.hash) return 'its content is not what its hash says: it was changed';
  if (noted?.sequence === entry.sequence && noted.hash !== entry.hash)
    return 'it has another hash than was noted: the log was written anew';
  return null;
}
