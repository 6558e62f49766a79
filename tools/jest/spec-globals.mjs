import { ModernFakeTimers } from '@jest/fake-timers';

/** What a spec file imports from `@jest/globals`: the words of the file that runs now. */
export let afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test;
export const jest = {
  setTimeout: (timeoutMs) => (globalThis[TIME_LIMIT] = timeoutMs),
  useFakeTimers: () => timers.useFakeTimers(),
  useRealTimers: () => timers.useRealTimers(),
  advanceTimersByTime: (durationMs) => timers.advanceTimersByTime(durationMs),
};

/** Where circus looks for the time limit that a file sets for its tests. */
const TIME_LIMIT = Symbol.for('TEST_TIMEOUT_SYMBOL');

const timers = new ModernFakeTimers({ config: { fakeTimers: {} }, global: globalThis });

/** Every module that has imported these words means the given ones from now on. */
export function provide(words) {
  ({ afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test } = words);
  delete globalThis[TIME_LIMIT];
  timers.useRealTimers();
}
