import { SessionError } from '@periodic-backup/protocol';

/** The vault has no room: end the session; a later attempt continues what is staged. */
export class StorageFullError extends SessionError {
  override readonly name = 'StorageFullError';
  constructor(message: string, cause?: unknown) {
    super('STORAGE_FULL', message, { cause });
  }
}

/** The vault could not write, flush or read: end the session; nothing of it may be taken as safe. */
export class StorageFailedError extends SessionError {
  override readonly name = 'StorageFailedError';
  constructor(message: string, cause?: unknown) {
    super('STORAGE_FAILED', message, { cause });
  }
}

/** There is no such snapshot, or it has no such thing: asking again does not help. */
export class NotFoundError extends SessionError {
  override readonly name = 'NotFoundError';
  constructor(message: string, cause?: unknown) {
    super('NOT_FOUND', message, { cause });
  }
}

/** The vault holds it, but not as it was stored: use another snapshot; the next backup stores it anew. */
export class DamagedError extends SessionError {
  override readonly name = 'DamagedError';
  constructor(message: string, cause?: unknown) {
    super('DAMAGED', message, { cause });
  }
}

/** A newer session holds the plan's staging: end this one, it can do nothing any more. */
export class EpochSupersededError extends SessionError {
  override readonly name = 'EpochSupersededError';
  constructor(message: string, cause?: unknown) {
    super('EPOCH_SUPERSEDED', message, { cause });
  }
}

/** Content did not agree with the digest that came with it: end the session, the next one sends it again. */
export class DigestMismatchError extends SessionError {
  override readonly name = 'DigestMismatchError';
  constructor(path: Buffer) {
    super('DIGEST_MISMATCH', `The content of ${shownPath(path)} disagrees with its digest.`);
  }
}

/** Turns what a file call threw into the error a session ends with; `doing` completes "could not …". */
export function storageError(cause: unknown, doing: string): SessionError {
  if (cause instanceof SessionError) return cause;
  if (isFull(cause))
    return new StorageFullError(
      `The vault could not ${doing}: no space left on its disk (${errorCode(cause)}). Make room there; a later attempt goes on.`,
      cause,
    );
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new StorageFailedError(`The vault could not ${doing}: ${reason}`, cause);
}

/** True if a file call failed because there is no room or the quota is used up. */
export function isFull(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT'].includes(errorCode(error));
}

/** The errno name of a failed file call, an empty string for anything else. */
export function errorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}

/** A path for a message; bytes that are not UTF-8 are shown as U+FFFD. */
export function shownPath(path: Buffer): string {
  return path.length === 0 ? 'the source directory' : `"${path.toString()}"`;
}
