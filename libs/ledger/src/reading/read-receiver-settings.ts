import type { Ledger } from '../open-ledger.js';
import { receiverSettings } from '../schema.js';

export type ReceiverSettingsRow = typeof receiverSettings.$inferSelect;

/** Settings that people made; a receiver without any keeps its own configuration. */
export function listReceiverSettings(ledger: Ledger): Promise<ReceiverSettingsRow[]> {
  return ledger.select().from(receiverSettings);
}
