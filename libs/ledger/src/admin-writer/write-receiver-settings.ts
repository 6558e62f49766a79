import { sql } from 'drizzle-orm';
import type { Ledger } from '../open-ledger.js';
import { receiverSettings } from '../schema.js';

/** Remembers how many clients a receiver may serve at once; the last word counts. */
export async function setReceiverMaxClients(
  ledger: Ledger,
  receiverId: string,
  maxClients: number,
): Promise<void> {
  await ledger
    .insert(receiverSettings)
    .values({ receiverId, maxClients })
    .onConflictDoUpdate({
      target: receiverSettings.receiverId,
      set: { maxClients, updatedAt: sql`now()` },
    });
}
