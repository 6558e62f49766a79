import { ApiError, ApiUnreachableError } from '@periodic-backup/api-client/http';

/** Any failure as a sentence for people. */
export function sentenceFor(error: unknown): string {
  if (error instanceof ApiError || error instanceof ApiUnreachableError) return error.message;
  return `Something in this page failed (${error instanceof Error ? error.message : String(error)}). Reload it; if that does not help, report it.`;
}

export function isStatus(error: unknown, status: number): error is ApiError {
  return error instanceof ApiError && error.status === status;
}

/** Worth another try by itself: nothing answered, or what the API needs is away. */
export function isPassing(error: unknown): boolean {
  return error instanceof ApiUnreachableError || (error instanceof ApiError && error.status >= 502);
}
