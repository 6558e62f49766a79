import { createHash } from 'node:crypto';
import { canonicalJson, type AuditEntry } from '@periodic-backup/contracts';

/** SHA-256 of the canonical JSON of an entry without its own hash: anybody can check it by hand. */
export function auditHash(entry: Omit<AuditEntry, 'hash'>): string {
  const { sequence, at, actor, via, address, action, object, detail, previousHash } = entry;
  const covered = { sequence, at, actor, via, address, action, object, detail, previousHash };
  return createHash('sha256').update(canonicalJson(covered)).digest('hex');
}
