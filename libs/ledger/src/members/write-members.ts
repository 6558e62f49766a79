import { and, eq, gt, isNull, ne } from 'drizzle-orm';
import type { MemberRole } from '@periodic-backup/contracts';
import type { Ledger } from '../open-ledger.js';
import { certificates, members } from './member-tables.js';

export type MemberKey = { readonly role: MemberRole; readonly id: string };

export interface NewMember extends MemberKey {
  readonly publicKey: string;
  readonly keyId: string;
  readonly hostname: string;
  readonly version: string;
  readonly redisPasswordHash: string | null;
  readonly certificate: NewCertificate;
}

export interface NewCertificate {
  readonly serial: string;
  readonly notAfter: Date;
}

/** The member is in, with this key and certificate alone: what was made for its name before is revoked. */
export async function admitMember(ledger: Ledger, member: NewMember, now: Date): Promise<void> {
  const { certificate, role, id, ...facts } = member;
  await ledger.transaction(async (transaction) => {
    await transaction
      .insert(members)
      .values({ role, id, ...facts, joinedAt: now })
      .onConflictDoUpdate({
        target: [members.role, members.id],
        set: { ...facts, joinedAt: now, revokedAt: null },
      });
    await revokeCertificates(transaction, member, now, certificate.serial);
    await noteCertificate(transaction, member, certificate, now);
  });
}

/** Its other certificates stay good until they run out. */
export async function renewMember(
  ledger: Ledger,
  member: MemberKey & { readonly hostname: string; readonly version: string },
  certificate: NewCertificate,
  now: Date,
): Promise<void> {
  const { hostname, version } = member;
  await ledger.transaction(async (transaction) => {
    await transaction.update(members).set({ hostname, version }).where(isMember(member));
    await noteCertificate(transaction, member, certificate, now);
  });
}

export async function setRedisPasswordHash(ledger: Ledger, member: MemberKey, hash: string): Promise<void> {
  await ledger.update(members).set({ redisPasswordHash: hash }).where(isMember(member));
}

/** Neither key nor certificates nor Redis user count from now on. Null: there is no such member. */
export async function revokeMember(
  ledger: Ledger,
  member: MemberKey,
  now: Date,
): Promise<{ revokedAt: Date; certificates: number } | null> {
  return ledger.transaction(async (transaction) => {
    const [row] = await transaction
      .update(members)
      .set({ revokedAt: now, redisPasswordHash: null })
      .where(isMember(member))
      .returning();
    return row ? { revokedAt: now, certificates: await revokeCertificates(transaction, member, now) } : null;
  });
}

async function revokeCertificates(
  transaction: Ledger,
  { role, id }: MemberKey,
  now: Date,
  except = '',
): Promise<number> {
  const rows = await transaction
    .update(certificates)
    .set({ revokedAt: now })
    .where(
      and(
        ...[eq(certificates.role, role), eq(certificates.memberId, id), ne(certificates.serial, except)],
        ...[isNull(certificates.revokedAt), gt(certificates.notAfter, now)],
      ),
    )
    .returning({ serial: certificates.serial });
  return rows.length;
}

async function noteCertificate(
  transaction: Ledger,
  { role, id }: MemberKey,
  { serial, notAfter }: NewCertificate,
  now: Date,
): Promise<void> {
  await transaction
    .insert(certificates)
    .values({ serial, role, memberId: id, issuedAt: now, notAfter })
    .onConflictDoNothing();
}

function isMember({ role, id }: MemberKey) {
  return and(eq(members.role, role), eq(members.id, id));
}
