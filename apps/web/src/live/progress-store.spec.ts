import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { RunProgress } from '@periodic-backup/contracts/http';
import { ProgressStore } from './progress-store.js';

const progress = (filesDone: number, runId = 'a'): RunProgress => ({
  ...{ type: 'progress', runId, planId: 'p', filesDone, bytesDone: 0, filesTotal: null, bytesTotal: null },
  ...{ bytesPerSecond: 0, secondsLeft: null, currentPath: null },
});

let store: ProgressStore;
let drawn: number;
beforeEach(() => {
  jest.useFakeTimers();
  store = new ProgressStore();
  drawn = 0;
  store.watch(() => drawn++);
});
afterEach(() => {
  jest.useRealTimers();
});

describe('ProgressStore', () => {
  it('shows the first progress at once', () => {
    store.take(progress(1));
    expect([store.of('a')?.filesDone, drawn]).toEqual([1, 1]);
  });

  it('draws at most twice a second, and then the newest', () => {
    for (let n = 1; n <= 100; n++) {
      store.take(progress(n));
      jest.advanceTimersByTime(20);
    }
    jest.advanceTimersByTime(1000);
    expect(drawn).toBeLessThanOrEqual(5);
    expect(store.of('a')?.filesDone).toBe(100);
  });

  it('holds runs apart', () => {
    store.take(progress(1, 'a'));
    store.take(progress(2, 'b'));
    expect([store.of('a')?.filesDone, store.of('b')?.filesDone]).toEqual([1, 2]);
  });

  it('forgets a run that has ended, also what was held back of it', () => {
    store.take(progress(1));
    store.take(progress(2));
    store.forget('a');
    jest.advanceTimersByTime(1000);
    expect(store.of('a')).toBeNull();
  });

  it('forgets a run that went silent', () => {
    store.take(progress(1));
    jest.advanceTimersByTime(61_000);
    expect(store.of('a')).toBeNull();
  });
});
