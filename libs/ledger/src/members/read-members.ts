import { and, asc, eq, gt, isNotNull } from 'drizzle-orm';
import type { MemberRole } from '@periodic-backup/contracts';
import type { Ledger } from '../open-ledger.js';
import { certificates, members } from './member-tables.js';
import type { MemberKey } from './write-members.js';

export type MemberRow = typeof members.$inferSelect;

export async function getMember(ledger: Ledger, { role, id }: MemberKey): Promise<MemberRow | null> {
  const [row] = await ledger
    .select()
    .from(members)
    .where(and(eq(members.role, role), eq(members.id, id)));
  return row ?? null;
}

/** All of a role, also revoked ones, by name. */
export function listMembers(ledger: Ledger, role: MemberRole): Promise<MemberRow[]> {
  return ledger.select().from(members).where(eq(members.role, role)).orderBy(asc(members.id));
}

/** Serials that are refused though their certificates have not run out, in order. */
export async function revokedSerials(ledger: Ledger, now: Date): Promise<string[]> {
  const rows = await ledger
    .select({ serial: certificates.serial })
    .from(certificates)
    .where(and(isNotNull(certificates.revokedAt), gt(certificates.notAfter, now)))
    .orderBy(asc(certificates.serial));
  return rows.map(({ serial }) => serial);
}
