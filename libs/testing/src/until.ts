/** What a test waited for did not come true in time. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
}

export interface UntilOptions {
  readonly deadlineMs?: number;
  readonly intervalMs?: number;
  /** What is waited for, in words: the message when it does not come. */
  readonly what?: string;
}

/**
 * Resolves with the first truthy answer of `condition`, asked at once and then every 10 ms. A condition that throws
 * counts as not yet; its last error becomes the cause.
 * @throws DeadlineError after `deadlineMs` (60 s unless told)
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  { deadlineMs = 60_000, intervalMs = 10, what = 'a condition' }: UntilOptions = {},
): Promise<Exclude<T, undefined | null | false | 0 | ''>> {
  const deadline = performance.now() + deadlineMs;
  let cause: unknown;
  for (;;) {
    try {
      const answer = await condition();
      if (answer) return answer as Exclude<T, undefined | null | false | 0 | ''>;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    if (performance.now() >= deadline)
      throw new DeadlineError(`Waited ${deadlineMs} ms for ${what}, in vain.`, { cause });
    await new Promise<void>((resolve) => setTimeout(resolve, intervalMs));
  }
}
