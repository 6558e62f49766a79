import { STATUS_CODES } from 'node:http';
import type { Problem } from '@periodic-backup/contracts';

export const PROBLEM_TYPE = 'application/problem+json';

export type FieldError = NonNullable<Problem['errors']>[number];

/** A request that cannot be honoured; `message` tells the caller why and what to do. Answered as problem+json. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  constructor(
    readonly status: number,
    detail: string,
    readonly more: {
      readonly errors?: FieldError[];
      readonly instance?: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly cause?: unknown;
    } = {},
  ) {
    super(detail, { cause: more.cause });
  }
}

export const notFound = (what: string, id: string): ProblemError =>
  new ProblemError(404, `There is no ${what} ${id}.`);

export const invalid = (errors: FieldError[]): ProblemError =>
  new ProblemError(422, 'The plan cannot work as described.', { errors });

export function toProblem(status: number, detail: string, more: Partial<Problem> = {}): Problem {
  return { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail, ...more };
}
