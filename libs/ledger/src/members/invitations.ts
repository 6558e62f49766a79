import { and, eq, gt, isNull, lt } from 'drizzle-orm';
import type { MemberRole } from '@periodic-backup/contracts';
import type { Ledger } from '../open-ledger.js';
import { invitations } from './member-tables.js';

/** Invitations stay for a while after they are over: whoever comes too late is told why. */
const KEPT_MS = 86_400_000;

export interface NewInvitation {
  readonly tokenHash: string;
  readonly role: MemberRole;
  readonly memberId: string;
  readonly expiresAt: Date;
}

/** One may join with the token from now on; earlier invitations of the same name are void. */
export async function addInvitation(ledger: Ledger, invitation: NewInvitation, now: Date): Promise<void> {
  const { role, memberId } = invitation;
  await ledger.transaction(async (transaction) => {
    await transaction.delete(invitations).where(lt(invitations.expiresAt, new Date(now.getTime() - KEPT_MS)));
    await transaction
      .update(invitations)
      .set({ expiresAt: now })
      .where(
        and(
          ...[eq(invitations.role, role), eq(invitations.memberId, memberId)],
          ...[isNull(invitations.usedAt), gt(invitations.expiresAt, now)],
        ),
      );
    await transaction.insert(invitations).values({ ...invitation, createdAt: now });
  });
}

/** Why a token lets nobody in. */
export type InvitationRefusal = 'unknown' | 'used' | 'expired';

/** Uses an invitation up: of several who come with one token, one is let in. */
export async function useInvitation(
  ledger: Ledger,
  tokenHash: string,
  role: MemberRole,
  now: Date,
): Promise<{ memberId: string } | InvitationRefusal> {
  const [used] = await ledger
    .update(invitations)
    .set({ usedAt: now })
    .where(
      and(
        ...[eq(invitations.tokenHash, tokenHash), eq(invitations.role, role)],
        ...[isNull(invitations.usedAt), gt(invitations.expiresAt, now)],
      ),
    )
    .returning({ memberId: invitations.memberId });
  if (used) return used;
  const [row] = await ledger.select().from(invitations).where(eq(invitations.tokenHash, tokenHash));
  if (!row || row.role !== role) return 'unknown';
  return row.usedAt ? 'used' : 'expired';
}
