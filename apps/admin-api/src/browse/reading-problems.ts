import { SessionError } from '@periodic-backup/protocol';
import { FileUnavailableError, type FileFailure } from '@periodic-backup/reader';
import { ProblemError } from '../http/problem.js';

const STATUS_OF_FILE: Readonly<Record<FileFailure, number>> = {
  NOT_FOUND: 404,
  UNREADABLE: 422,
  DAMAGED: 422,
  DIGEST_MISMATCH: 422,
  STORAGE_FAILED: 503,
};

/** What a caller is told when a snapshot cannot be read; other errors stay what they are. */
export function readingProblem(error: unknown): unknown {
  if (error instanceof FileUnavailableError)
    return new ProblemError(STATUS_OF_FILE[error.code], error.message, { cause: error });
  if (!(error instanceof SessionError)) return error;
  const { code, message, cause = error } = error;
  switch (code) {
    case 'NOT_FOUND':
      return new ProblemError(404, message, { cause });
    case 'DAMAGED':
      return new ProblemError(422, message, { cause });
    case 'TICKET_INVALID':
    case 'TICKET_EXPIRED':
    case 'WRONG_VAULT':
      return new ProblemError(
        503,
        `The receiver does not let this API read: ${message} Its TICKET_PRIVATE_KEY_FILE must be that of the scheduler.`,
        { cause },
      );
    default:
      return new ProblemError(503, `The vault cannot be read now: ${message}`, { cause });
  }
}

/** True for what holds for this snapshot alone: others can be read all the same. */
export function isOfThisSnapshot(error: unknown): error is ProblemError {
  return error instanceof ProblemError && [404, 410, 422].includes(error.status);
}
