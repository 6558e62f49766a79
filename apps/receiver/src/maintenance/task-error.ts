import type { RunError } from '@periodic-backup/contracts';
import { SessionError } from '@periodic-backup/protocol';

/** What a task failed with, as the scheduler is told it. */
export function taskErrorOf(cause: unknown): RunError {
  if (cause instanceof SessionError)
    return { code: cause.code, message: cause.message, retryable: cause.retryable };
  return {
    code: 'INTERNAL',
    message: cause instanceof Error ? cause.message : String(cause),
    retryable: true,
  };
}

/** The receiver stops: another one, or this one after its start, takes the task up again. */
export const STOPPED: RunError = {
  code: 'DRAINING',
  message: 'The receiver that worked on it was stopped.',
  retryable: true,
};
