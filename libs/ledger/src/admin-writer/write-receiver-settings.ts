import { sql } from 'drizzle-orm';
import type { ReceiverSettings } from '@periodic-backup/contracts';
import type { Ledger } from '../open-ledger.js';
import { receiverSettings } from '../schema.js';

/** Remembers what is set for a receiver; what `change` leaves out stays, the last word counts. */
export async function setReceiverSettings(
  ledger: Ledger,
  receiverId: string,
  { maxClients, draining }: ReceiverSettings,
): Promise<void> {
  const change = {
    ...(maxClients === undefined ? {} : { maxClients }),
    ...(draining === undefined ? {} : { draining }),
  };
  await ledger
    .insert(receiverSettings)
    .values({ receiverId, ...change })
    .onConflictDoUpdate({
      target: receiverSettings.receiverId,
      set: { ...change, updatedAt: sql`now()` },
    });
}
