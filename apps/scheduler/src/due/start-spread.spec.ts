import { randomUUID } from 'node:crypto';
import type { Schedule } from '@periodic-backup/contracts';
import { spreadReason, startOf } from './start-spread.js';

const due = new Date('2026-11-22T02:00:00Z');
const nightly: Schedule = { kind: 'cron', cron: '0 2 * * *', timezone: 'UTC' };
const delaySeconds = (schedule: Schedule, jitterSeconds: number, id: string = randomUUID()): number =>
  (startOf({ id, schedule }, due, jitterSeconds).getTime() - due.getTime()) / 1000;

test('a thousand plans due at the same instant start evenly over the spread', () => {
  const perSecond = new Map<number, number>();
  for (let n = 0; n < 1000; n++) {
    const second = Math.floor(delaySeconds(nightly, 60));
    perSecond.set(second, (perSecond.get(second) ?? 0) + 1);
  }
  expect(Math.min(...perSecond.keys())).toBeGreaterThanOrEqual(0);
  expect(Math.max(...perSecond.keys())).toBeLessThan(60);
  expect(perSecond.size).toBeGreaterThan(50);
  expect(Math.max(...perSecond.values())).toBeLessThan(50);
});

test('a plan has the same place at every tick', () => {
  const id = randomUUID();
  expect(delaySeconds(nightly, 60, id)).toBe(delaySeconds(nightly, 60, id));
});

test('the spread is at most a tenth of the period', () => {
  const often: Schedule = { kind: 'every', everySeconds: 10 };
  const delays = Array.from({ length: 200 }, () => delaySeconds(often, 3600));
  expect(Math.max(...delays)).toBeLessThan(1);
  expect(Math.max(...delays)).toBeGreaterThan(0.5);
});

test('without a jitter a run starts when it is due', () => {
  expect(delaySeconds(nightly, 0)).toBe(0);
});

test('the reason names the second', () => {
  expect(spreadReason(new Date('2026-11-22T02:00:17.900Z'))).toBe(
    'Waits for its place in the start spread until 02:00:17 UTC.',
  );
});
