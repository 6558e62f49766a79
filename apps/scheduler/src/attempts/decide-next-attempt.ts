import type { RunError } from '@periodic-backup/contracts';

export type NextAttempt =
  | { readonly kind: 'again'; readonly notBefore: Date; readonly reason: string }
  | { readonly kind: 'give up'; readonly reason: string };

export interface AttemptRules {
  readonly maxAttempts: number;
  /** Waits before the second, third … attempt; the last one repeats. */
  readonly delaysMs: readonly number[];
}

/** What follows an attempt that ended with an error. `chance` in [0, 1) spreads those that failed together. */
export function decideNextAttempt(
  error: RunError,
  attempts: number,
  { maxAttempts, delaysMs }: AttemptRules,
  { now, chance, atOnce = false }: { now: Date; chance: number; atOnce?: boolean },
): NextAttempt {
  const said = error.message.replace(/\.*$/, '.');
  if (!error.retryable) return { kind: 'give up', reason: said };
  if (attempts >= maxAttempts)
    return { kind: 'give up', reason: `Gave up after ${attempts} attempts. The last one: ${said}` };
  const delayMs = delaysMs[Math.min(attempts, delaysMs.length) - 1] ?? 0;
  const waitMs = atOnce ? 0 : Math.round(delayMs * (1 + chance / 10));
  return {
    kind: 'again',
    notBefore: new Date(now.getTime() + waitMs),
    reason: `Attempt ${attempts} of ${maxAttempts} ended: ${said}`,
  };
}
