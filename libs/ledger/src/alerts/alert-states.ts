import { and, eq, inArray, isNotNull, isNull, lt, or, sql } from 'drizzle-orm';
import type { AlertView } from '@periodic-backup/contracts';
import { cutPage, decodeCursor, type KeysetPage, type PageRequest } from '../keyset-cursor.js';
import type { Ledger } from '../open-ledger.js';
import { alertNotices, alertStates } from '../schema.js';
import { ALERT_LOCKS, ROUND_LOCK } from './alert-locks.js';

export type AlertRow = typeof alertStates.$inferSelect;
export type AlertNotice = typeof alertNotices.$inferSelect;

/** PostgreSQL takes 65535 parameters. */
const NOTICES_AT_ONCE = 5000;

/**
 * Does `work` in a transaction unless another scheduler is at it: then that one sees what this one would. Resolves with
 * false if so.
 */
export function inAlertRound(ledger: Ledger, work: (transaction: Ledger) => Promise<void>): Promise<boolean> {
  return ledger.transaction(async (transaction) => {
    const { rows } = await transaction.execute<{ mine: boolean }>(
      sql`select pg_try_advisory_xact_lock(${ALERT_LOCKS}, ${ROUND_LOCK}) as mine`,
    );
    if (rows[0]?.mine !== true) return false;
    await work(transaction);
    return true;
  });
}

export function openAlerts(ledger: Ledger): Promise<AlertRow[]> {
  return ledger.select().from(alertStates).where(isNull(alertStates.resolvedAt));
}

/** Resolved ones of which some channel still believes that they are open. */
export async function resolvedUnsaid(ledger: Ledger): Promise<AlertRow[]> {
  const rows = await ledger
    .selectDistinctOn([alertStates.id], { alert: alertStates })
    .from(alertStates)
    .innerJoin(alertNotices, and(eq(alertNotices.alertId, alertStates.id), eq(alertNotices.said, 'open')))
    .where(isNotNull(alertStates.resolvedAt));
  return rows.map(({ alert }) => alert);
}

export async function insertAlert(ledger: Ledger, alert: AlertRow): Promise<void> {
  await ledger.insert(alertStates).values(alert);
}

export async function changeAlert(ledger: Ledger, id: string, change: Partial<AlertRow>): Promise<void> {
  await ledger.update(alertStates).set(change).where(eq(alertStates.id, id));
}

/** What channels were told of alerts that are open, or that they believe to be. */
export async function standingNotices(ledger: Ledger): Promise<AlertNotice[]> {
  const rows = await ledger
    .select({ notice: alertNotices })
    .from(alertNotices)
    .innerJoin(alertStates, eq(alertStates.id, alertNotices.alertId))
    .where(or(isNull(alertStates.resolvedAt), eq(alertNotices.said, 'open')));
  return rows.map(({ notice }) => notice);
}

export async function keepNotices(ledger: Ledger, notices: readonly AlertNotice[]): Promise<void> {
  for (let from = 0; from < notices.length; from += NOTICES_AT_ONCE)
    await ledger
      .insert(alertNotices)
      .values(notices.slice(from, from + NOTICES_AT_ONCE))
      .onConflictDoUpdate({
        target: [alertNotices.alertId, alertNotices.channelId],
        set: {
          said: sql`excluded.said`,
          severity: sql`excluded.severity`,
          saidAt: sql`excluded.said_at`,
        },
      });
}

/** Nobody is told any more of these alerts, or by these channels. */
export async function dropNotices(
  ledger: Ledger,
  { alertId, channelIds }: { alertId?: string; channelIds?: readonly string[] },
): Promise<void> {
  const which = [
    alertId === undefined ? undefined : eq(alertNotices.alertId, alertId),
    channelIds?.length ? inArray(alertNotices.channelId, [...channelIds]) : undefined,
  ].filter((condition) => condition !== undefined);
  if (which.length > 0) await ledger.delete(alertNotices).where(or(...which));
}

/** Forgets what was resolved before `before`. */
export async function forgetAlerts(ledger: Ledger, before: Date): Promise<void> {
  await ledger.delete(alertStates).where(lt(alertStates.resolvedAt, before));
  await ledger
    .delete(alertNotices)
    .where(sql`not exists (select 1 from ${alertStates} where ${alertStates.id} = ${alertNotices.alertId})`);
}

/** Open ones stand before all resolved ones: as if they were of a far future. */
const place = sql<Date>`(case when ${alertStates.resolvedAt} is null
  then ${alertStates.openedAt} + interval '1000 years' else ${alertStates.resolvedAt} end)`.mapWith(
  alertStates.openedAt,
);

/** Open ones, then resolved ones; the newest first. @throws CursorError */
export async function listAlerts(
  ledger: Ledger,
  { limit, cursor, state }: PageRequest & { readonly state?: 'open' | 'resolved' | undefined },
): Promise<KeysetPage<AlertView>> {
  const before = cursor === undefined ? undefined : decodeCursor(cursor);
  const rows = await ledger
    .select({ alert: alertStates, place })
    .from(alertStates)
    .where(
      and(
        state && (state === 'open' ? isNull : isNotNull)(alertStates.resolvedAt),
        before && sql`(${place}, ${alertStates.id}) < (${before.at.toISOString()}, ${before.id})`,
      ),
    )
    .orderBy(sql`${place} desc`, sql`${alertStates.id} desc`)
    .limit(limit + 1);
  return cutPage(
    rows,
    limit,
    (row) => ({ at: row.place, id: row.alert.id }),
    ({ alert }) => toAlertView(alert),
  );
}

/** A row in the shape of the contracts. */
export function toAlertView({
  calmSince: _calm,
  since,
  openedAt,
  resolvedAt,
  ...alert
}: AlertRow): AlertView {
  return {
    ...alert,
    since: since.toISOString(),
    openedAt: openedAt.toISOString(),
    resolvedAt: resolvedAt?.toISOString() ?? null,
  };
}
