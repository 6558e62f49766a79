import { SessionError } from '@periodic-backup/protocol';

/** What the caller is told of an error on a connection. */
export function asSessionError(cause: unknown): SessionError {
  if (cause instanceof SessionError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  return new SessionError('INTERNAL', `Reading met a defect: ${message}`, { cause });
}
