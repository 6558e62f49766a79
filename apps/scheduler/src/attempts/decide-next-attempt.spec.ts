import { decideNextAttempt } from './decide-next-attempt.js';

const rules = { maxAttempts: 5, delaysMs: [2000, 10_000, 30_000, 60_000] };
const now = new Date('2026-11-22T10:00:00Z');
const lost = { code: 'CONNECTION_LOST', message: 'The receiver went away.', retryable: true };
const waitMs = (attempts: number, chance = 0, atOnce = false, delaysMs = rules.delaysMs): number | null => {
  const next = decideNextAttempt(lost, attempts, { ...rules, delaysMs }, { now, chance, atOnce });
  return next.kind === 'again' ? next.notBefore.getTime() - now.getTime() : null;
};

test('waits grow from attempt to attempt, spread by at most a tenth, and end with the last attempt', () => {
  expect([1, 2, 3, 4, 5].map((attempts) => waitMs(attempts))).toEqual([2000, 10_000, 30_000, 60_000, null]);
  expect(waitMs(1, 0.999)).toBeLessThanOrEqual(2200);
  expect(waitMs(1, 0.5)).toBe(2100);
});

test('the last wait repeats, and an interrupted attempt is repeated at once', () => {
  expect(waitMs(3, 0, false, [100, 200])).toBe(200);
  expect(waitMs(2, 0.9, true)).toBe(0);
});

test('reasons are sentences', () => {
  expect(decideNextAttempt(lost, 2, rules, { now, chance: 0 }).reason).toBe(
    'Attempt 2 of 5 ended: The receiver went away.',
  );
  expect(decideNextAttempt(lost, 5, rules, { now, chance: 0 }).reason).toBe(
    'Gave up after 5 attempts. The last one: The receiver went away.',
  );
});

test('an error that does not go away by itself is not tried again', () => {
  const error = { code: 'TICKET_INVALID', message: 'no', retryable: false };
  expect(decideNextAttempt(error, 1, rules, { now, chance: 0 })).toEqual({ kind: 'give up', reason: 'no.' });
});
