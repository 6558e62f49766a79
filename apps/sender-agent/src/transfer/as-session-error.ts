import { SessionError } from '@periodic-backup/protocol';

/** The error itself, or INTERNAL around one that nobody foresaw. */
export function asSessionError(error: unknown): SessionError {
  if (error instanceof SessionError) return error;
  return new SessionError('INTERNAL', `The agent failed: ${(error as Error).message}`, { cause: error });
}
