import { asc, isNull, eq, sql } from 'drizzle-orm';
import { randomUUID } from 'node:crypto';
import type { Ledger } from '../open-ledger.js';
import { alertDeliveries, alertTests } from '../schema.js';

export type AlertTestRow = typeof alertTests.$inferSelect;

/** Asks for a test message; the delivery will bear the id. Old wishes go. */
export async function requestAlertTest(ledger: Ledger, channelId: string): Promise<{ deliveryId: string }> {
  const id = randomUUID();
  await ledger.delete(alertTests).where(sql`${alertTests.requestedAt} < now() - interval '1 day'`);
  await ledger.insert(alertTests).values({ id, channelId });
  return { deliveryId: id };
}

export async function getAlertTest(ledger: Ledger, id: string): Promise<AlertTestRow | null> {
  const [row] = await ledger.select().from(alertTests).where(eq(alertTests.id, id));
  return row ?? null;
}

/** Wishes that no delivery answers yet, oldest first. */
export async function unansweredAlertTests(ledger: Ledger): Promise<AlertTestRow[]> {
  const rows = await ledger
    .select({ test: alertTests })
    .from(alertTests)
    .leftJoin(alertDeliveries, eq(alertDeliveries.id, alertTests.id))
    .where(isNull(alertDeliveries.id))
    .orderBy(asc(alertTests.requestedAt))
    .limit(100);
  return rows.map(({ test }) => test);
}
