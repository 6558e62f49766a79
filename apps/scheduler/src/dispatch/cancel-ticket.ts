import type { KeyObject } from 'node:crypto';
import { signTicket } from '@periodic-backup/contracts';

/** A wish to cancel waits for its agent no longer than that; it is repeated meanwhile. */
const LIFE_SECONDS = 24 * 3600;

/** What an agent (`agent/<id>`) or the receivers of a vault (`vault/<id>`) want to see before they end a run. */
export function cancelTicket(runId: string, to: string, ticketKey: KeyObject): string {
  const nbf = Math.floor(Date.now() / 1000);
  return signTicket({ v: 1, verb: 'cancel', to, runId, nbf, exp: nbf + LIFE_SECONDS }, ticketKey);
}
