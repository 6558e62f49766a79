import { asc, eq, sql } from 'drizzle-orm';
import type { StoredChannelSettings } from '@periodic-backup/contracts';
import { NameTakenError, violatesUnique } from '../ledger-errors.js';
import type { Ledger } from '../open-ledger.js';
import { alertChannels, alertRules } from '../schema.js';

/** With its secrets, sealed. */
export type AlertChannelRow = typeof alertChannels.$inferSelect;

/** By name. */
export function listAlertChannels(ledger: Ledger): Promise<AlertChannelRow[]> {
  return ledger.select().from(alertChannels).orderBy(asc(alertChannels.name));
}

export async function getAlertChannel(ledger: Ledger, id: string): Promise<AlertChannelRow | null> {
  const [row] = await ledger.select().from(alertChannels).where(eq(alertChannels.id, id));
  return row ?? null;
}

/** @throws NameTakenError */
export async function insertAlertChannel(
  ledger: Ledger,
  channel: { id: string; name: string; enabled: boolean; settings: StoredChannelSettings },
): Promise<AlertChannelRow> {
  const [row] = await namesChecked(channel.name, () =>
    ledger.insert(alertChannels).values(channel).returning(),
  );
  return row!;
}

/**
 * Changes a channel to what `decide` makes of it; two changes at once come one after the other. Null if there is none.
 * @throws NameTakenError
 */
export function updateAlertChannel(
  ledger: Ledger,
  id: string,
  decide: (current: AlertChannelRow) => Partial<Pick<AlertChannelRow, 'name' | 'enabled' | 'settings'>>,
): Promise<AlertChannelRow | null> {
  return ledger.transaction(async (transaction) => {
    const [current] = await transaction
      .select()
      .from(alertChannels)
      .where(eq(alertChannels.id, id))
      .for('update');
    if (!current) return null;
    const change = decide(current);
    const [row] = await namesChecked(change.name ?? current.name, () =>
      transaction
        .update(alertChannels)
        .set({ ...change, updatedAt: sql`now()` })
        .where(eq(alertChannels.id, id))
        .returning(),
    );
    return row!;
  });
}

/** Takes it out of the rules that name it, too. False if there is none. */
export function deleteAlertChannel(ledger: Ledger, id: string): Promise<boolean> {
  return ledger.transaction(async (transaction) => {
    const gone = await transaction.delete(alertChannels).where(eq(alertChannels.id, id)).returning();
    await transaction
      .update(alertRules)
      .set({ channelIds: sql`${alertRules.channelIds} - ${id}::text` })
      .where(sql`${alertRules.channelIds} ? ${id}::text`);
    return gone.length > 0;
  });
}

async function namesChecked<T>(name: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (violatesUnique(error, 'alert_channels_name')) throw new NameTakenError('alert channel', name);
    throw error;
  }
}
