import { SessionError } from '@periodic-backup/protocol';
import { RestoreRefused } from '@periodic-backup/restore';

/** The run cannot be done as ordered; trying again without a change does not help, unless `retryable`. */
export class RunRefused extends Error {
  override readonly name = 'RunRefused';
  constructor(
    readonly code: RefusalCode,
    message: string,
    readonly retryable = false,
  ) {
    super(message);
  }
}

export type RefusalCode =
  | 'TICKET_INVALID'
  | 'TICKET_EXPIRED'
  | 'SOURCE_NOT_ALLOWED'
  | 'SOURCE_UNREADABLE'
  | 'BACKUP_DIR_NOT_ALLOWED'
  | 'BACKUP_DIR_OVERLAP'
  | 'BACKUP_DIR_UNUSABLE'
  | 'DESTINATION_NOT_ALLOWED'
  | 'DESTINATION_UNUSABLE'
  | 'DRILL_NO_ROOM'
  | 'TASK_UNKNOWN';

/** True if another attempt may go on where this one stopped; so may one after an error that nobody foresaw. */
export function isRetryable(error: unknown): boolean {
  return isNamed(error) ? error.retryable : true;
}

/** An error that says by a code and a sentence why the run ended. */
export function isNamed(error: unknown): error is SessionError | RunRefused | RestoreRefused {
  return error instanceof SessionError || error instanceof RunRefused || error instanceof RestoreRefused;
}
