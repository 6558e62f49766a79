import type { ReceiverOffer } from '@periodic-backup/contracts';
import { SessionError, type SessionErrorCode } from '@periodic-backup/protocol';
import type { CancelFlag } from './cancel-flag.js';
import type { RunTally } from './run-tally.js';
import type { TransferTimes } from './transfer-times.js';

/** Another receiver of the same vault cannot help: the whole attempt is over. */
const ENDS_ATTEMPT: ReadonlySet<SessionErrorCode> = new Set(['TICKET_EXPIRED', 'STORAGE_FULL']);
/** The way there or the receiver is at fault; trying on is the point. */
const PASSES: ReadonlySet<SessionErrorCode> = new Set([
  'BUSY',
  'DRAINING',
  'CONNECTION_LOST',
  'IDLE',
  'TOO_SLOW',
]);
/** Other failures may repeat themselves for ever, with progress each time. */
const MAX_OTHER_FAILURES = 5;

/**
 * Tries the receivers in order, round after round, until an attempt succeeds. Each try resumes what the one before left.
 * @throws SessionError the last one: not retryable, or after `giveUpMs` without a new byte of content
 */
export async function tryReceivers<T>(
  receivers: readonly ReceiverOffer[],
  attempt: (receiver: ReceiverOffer) => Promise<T>,
  { tally, cancel, times }: { tally: RunTally; cancel: CancelFlag; times: TransferTimes },
): Promise<T> {
  let pauseMs = times.roundPauseMs;
  let otherFailures = 0;
  let stuckSince: number | null = null;
  for (;;) {
    let hintMs = Infinity;
    for (const receiver of receivers) {
      const bytesBefore = tally.bytesRead;
      try {
        return await attempt(receiver);
      } catch (error) {
        if (!(error instanceof SessionError)) throw error;
        cancel.check();
        if (!error.retryable || ENDS_ATTEMPT.has(error.code)) throw error;
        if (!PASSES.has(error.code) && ++otherFailures >= MAX_OTHER_FAILURES) throw error;
        if (tally.bytesRead > bytesBefore) {
          stuckSince = null;
          pauseMs = times.roundPauseMs;
        }
        stuckSince ??= performance.now();
        if (performance.now() - stuckSince >= times.giveUpMs) throw error;
        hintMs = Math.min(hintMs, error.retryAfterMs ?? Infinity);
      }
    }
    const restMs = Math.max(pauseMs, hintMs === Infinity ? 0 : Math.min(hintMs, times.roundPauseMaxMs));
    await Promise.race([pause(restMs), cancel.raised()]);
    cancel.check();
    pauseMs = Math.min(pauseMs * 2, times.roundPauseMaxMs);
  }
}

async function pause(ms: number): Promise<void> {
  await new Promise<void>((resolve) => setTimeout(resolve, ms));
}
