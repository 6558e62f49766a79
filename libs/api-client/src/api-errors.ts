import type { Problem } from '@periodic-backup/contracts/http';

/** The API refused a request; `message` is its own sentence. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  constructor(
    message: string,
    readonly status: number,
    /** What the refusal is about, if it names something. */
    readonly instance: string | undefined = undefined,
    /** As the API told it; null: it answered something else. */
    readonly problem: Problem | null = null,
  ) {
    super(message);
  }
}

/** Nothing answers at the API's address. */
export class ApiUnreachableError extends Error {
  override readonly name = 'ApiUnreachableError';
}

/** One sentence of a problem, with what is wrong where. */
export function sentenceOf({ detail, errors }: Problem): string {
  const fields = errors?.map(({ path, message }) => `${path} ${message}`).join('; ');
  return fields ? `${detail} (${fields})` : detail;
}
