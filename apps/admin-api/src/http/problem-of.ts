import { HttpException } from '@nestjs/common';
import type { Problem } from '@periodic-backup/contracts';
import { CursorError, ledgerIsAway } from '@periodic-backup/ledger';
import { ProblemError, toProblem } from './problem.js';

/** What the caller is told of a failure; of what is not their fault only that it happened. */
export function problemOf(error: unknown, method: string, path: string): Problem {
  if (error instanceof ProblemError) {
    const { errors, instance } = error.more;
    return toProblem(error.status, error.message, {
      ...(errors ? { errors } : {}),
      ...(instance ? { instance } : {}),
    });
  }
  if (error instanceof CursorError)
    return toProblem(400, error.message, {
      errors: [{ path: 'cursor', message: 'is not one of this list' }],
    });
  if (ledgerIsAway(error))
    return toProblem(503, 'The ledger (PostgreSQL) does not answer now. Try again in a moment.');
  const status = error instanceof HttpException ? error.getStatus() : statusOf(error);
  if (status === 404) return toProblem(404, `${method} ${path} is not known. See /api/docs.`);
  if (status === 413) return toProblem(413, 'The request body is larger than 256 KiB.');
  if (status === 415) return toProblem(415, 'The body must be JSON: send "content-type: application/json".');
  if (status === 400) return toProblem(400, `The request cannot be read: ${messageOf(error)}`);
  if (status < 500) return toProblem(status, messageOf(error));
  return toProblem(500, 'The request failed here, not through any fault of yours. The log knows more.');
}

/** Fastify puts the status on its errors. */
function statusOf(error: unknown): number {
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : 500;
}

function messageOf(error: unknown): string {
  return (error as Error).message;
}
