import { SessionError } from '@periodic-backup/protocol';

/** A restore cannot be done as asked; trying again without a change does not help. */
export class RestoreRefused extends Error {
  override readonly name = 'RestoreRefused';
  readonly retryable = false;
  constructor(
    readonly code: 'DESTINATION_UNUSABLE' | 'DESTINATION_FULL' | 'CONFLICT',
    message: string,
  ) {
    super(message);
  }
}

/** True if another attempt may go on where this one stopped; so may one after an error that nobody foresaw. */
export function mayGoOn(error: unknown): boolean {
  return error instanceof SessionError || error instanceof RestoreRefused ? error.retryable : true;
}
