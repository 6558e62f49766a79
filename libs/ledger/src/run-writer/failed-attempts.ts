import type { RunError } from '@periodic-backup/contracts';
import type { Ledger } from '../open-ledger.js';
import type { RunRow } from '../reading/read-runs.js';
import { failedAttempts } from '../schema.js';

/** The newest attempt of a run came to no good end. Safe to repeat: what was said first stays. */
export async function recordFailedAttempt(
  ledger: Ledger,
  run: Pick<RunRow, 'id' | 'attempts' | 'receiverId'>,
  { code, message }: RunError,
  endedAt: Date,
): Promise<void> {
  if (run.attempts === 0) return;
  await ledger
    .insert(failedAttempts)
    .values({ runId: run.id, attempt: run.attempts, receiverId: run.receiverId, code, message, endedAt })
    .onConflictDoNothing();
}
