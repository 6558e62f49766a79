import { and, desc, eq, inArray, lt, sql } from 'drizzle-orm';
import type { AlertDelivery, DeliveryAttempt } from '@periodic-backup/contracts';
import { cutPage, decodeCursor, type KeysetPage, type PageRequest } from '../keyset-cursor.js';
import type { Ledger } from '../open-ledger.js';
import { alertDeliveries } from '../schema.js';
import { ALERT_LOCKS, CLAIM_LOCK } from './alert-locks.js';

export type AlertDeliveryRow = typeof alertDeliveries.$inferSelect;

const MAX_ATTEMPTS_KEPT = 50;

/** A delivery that is there already stays as it is. */
export async function addDeliveries(
  ledger: Ledger,
  deliveries: readonly (typeof alertDeliveries.$inferInsert)[],
): Promise<void> {
  if (deliveries.length > 0)
    await ledger
      .insert(alertDeliveries)
      .values([...deliveries])
      .onConflictDoNothing();
}

/**
 * Leases deliveries that are due, the longest due first: no other scheduler takes them before `leasedUntil`. Alerts of
 * a channel go in their order: while one is tried again, those behind it wait, lest a channel hear of the end before the
 * beginning. Of tests and pings of a channel one is leased at a time.
 */
export function claimDeliveries(
  ledger: Ledger,
  { now, leasedUntil, limit }: { now: Date; leasedUntil: Date; limit: number },
): Promise<AlertDeliveryRow[]> {
  return ledger.transaction(async (transaction) => {
    await transaction.execute(sql`select pg_advisory_xact_lock(${ALERT_LOCKS}, ${CLAIM_LOCK})`);
    const at = now.toISOString();
    const { rows } = await transaction.execute<{ id: string }>(sql`
      select id from (
        select id, next_attempt_at,
          row_number() over (
            partition by channel_id, what = 'alerts'
            order by case when what = 'alerts' then created_at else next_attempt_at end, created_at, id) as turn,
          bool_or(leased_until > ${at}) over (partition by channel_id, what = 'alerts') as busy
        from alert_deliveries where state = 'pending' and (what = 'alerts' or next_attempt_at <= ${at})
      ) as pending
      where turn = 1 and busy is not true and next_attempt_at <= ${at}
      order by next_attempt_at limit ${limit}`);
    if (rows.length === 0) return [];
    return transaction
      .update(alertDeliveries)
      .set({ leasedUntil })
      .where(
        inArray(
          alertDeliveries.id,
          rows.map(({ id }) => id),
        ),
      )
      .returning();
  });
}

/** Notes how an attempt went and what follows from it. */
export async function noteAttempt(
  ledger: Ledger,
  id: string,
  attempt: DeliveryAttempt,
  next: { state: 'sent' | 'failed' } | { state: 'pending'; nextAttemptAt: Date },
): Promise<void> {
  await ledger
    .update(alertDeliveries)
    .set({
      attempts: sql`jsonb_path_query_array(
        ${alertDeliveries.attempts} || ${JSON.stringify(attempt)}::jsonb,
        ${sql.raw(`'$[last - ${MAX_ATTEMPTS_KEPT - 1} to last]'`)})`,
      attemptCount: sql`${alertDeliveries.attemptCount} + 1`,
      leasedUntil: null,
      ...(next.state === 'pending'
        ? { nextAttemptAt: next.nextAttemptAt }
        : { state: next.state, finishedAt: new Date(attempt.at) }),
    })
    .where(and(eq(alertDeliveries.id, id), eq(alertDeliveries.state, 'pending')));
}

/** Older pings of a plan that did not get through say nothing any more. */
export async function supersedePings(
  ledger: Ledger,
  { channelId, planId, at }: { channelId: string; planId: string; at: Date },
): Promise<void> {
  await ledger
    .update(alertDeliveries)
    .set({ state: 'superseded', finishedAt: at })
    .where(
      and(
        eq(alertDeliveries.channelId, channelId),
        eq(alertDeliveries.planId, planId),
        eq(alertDeliveries.what, 'ping'),
        eq(alertDeliveries.state, 'pending'),
      ),
    );
}

/** Which of these pings exist, as `channelId runId event`. */
export async function pingsAdded(ledger: Ledger, runIds: readonly string[]): Promise<ReadonlySet<string>> {
  if (runIds.length === 0) return new Set();
  const rows = await ledger
    .select()
    .from(alertDeliveries)
    .where(and(eq(alertDeliveries.what, 'ping'), inArray(alertDeliveries.runId, [...runIds])));
  return new Set(rows.map(({ channelId, runId, pingEvent }) => `${channelId} ${runId} ${pingEvent}`));
}

/** Forgets what was finished before `before`. */
export async function forgetDeliveries(ledger: Ledger, before: Date): Promise<void> {
  await ledger.delete(alertDeliveries).where(lt(alertDeliveries.finishedAt, before));
}

/** Newest first. @throws CursorError */
export async function listAlertDeliveries(
  ledger: Ledger,
  { limit, cursor, channelId }: PageRequest & { readonly channelId?: string | undefined },
): Promise<KeysetPage<AlertDelivery>> {
  const before = cursor === undefined ? undefined : decodeCursor(cursor);
  const rows = await ledger
    .select()
    .from(alertDeliveries)
    .where(
      and(
        channelId === undefined ? undefined : eq(alertDeliveries.channelId, channelId),
        before &&
          sql`(${alertDeliveries.createdAt}, ${alertDeliveries.id}) < (${before.at.toISOString()}, ${before.id})`,
      ),
    )
    .orderBy(desc(alertDeliveries.createdAt), desc(alertDeliveries.id))
    .limit(limit + 1);
  return cutPage(rows, limit, (row) => ({ at: row.createdAt, id: row.id }), toDelivery);
}

export async function getAlertDelivery(ledger: Ledger, id: string): Promise<AlertDelivery | null> {
  const [row] = await ledger.select().from(alertDeliveries).where(eq(alertDeliveries.id, id));
  return row ? toDelivery(row) : null;
}

function toDelivery(row: AlertDeliveryRow): AlertDelivery {
  const { id, channelId, channelName, what, state, attempts } = row;
  return {
    ...{ id, channelId, channelName, what, state, attempts },
    title: row.message.title,
    createdAt: row.createdAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
    nextAttemptAt: state === 'pending' ? row.nextAttemptAt.toISOString() : null,
  };
}
