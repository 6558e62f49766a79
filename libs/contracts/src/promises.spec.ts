import type { Schedule } from './plan.js';
import {
  lateAfterMs,
  latestUntaken,
  promisedRecoverySeconds,
  recoveryPoint,
  untakenDueTimes,
} from './promises.js';

const at = (time: string): Date => new Date(`2026-11-22T${time}Z`);
const NOW = at('12:30:00');
const hourly: Schedule = { kind: 'every', everySeconds: 3600 };
const cron = (expression: string): Schedule => ({
  kind: 'cron',
  cron: expression,
  timezone: 'Europe/Berlin',
});
const owing = { schedule: hourly, pausedAt: null, dueFrom: at('08:00:00') };
const always = { from: at('00:00:00'), to: new Date('2027-01-01T00:00:00Z'), now: NOW };

test('late is a tenth of the period, at least a minute', () => {
  expect(lateAfterMs(hourly, NOW)).toBe(360_000);
  expect(lateAfterMs({ kind: 'every', everySeconds: 30 }, NOW)).toBe(60_000);
  expect(lateAfterMs(cron('0 9-17 * * 1-5'), NOW)).toBe(360_000);
});

test('promised is twice the longest time between two due times, unless the plan says', () => {
  const promised = (schedule: Schedule, recoveryPointSeconds: number | null = null): number =>
    promisedRecoverySeconds({ schedule, recoveryPointSeconds }, NOW) / 3600;
  expect(promised(hourly)).toBe(2);
  expect(promised(hourly, 600) * 3600).toBe(600);
  expect(promised(cron('0 2 * * *'))).toBe(48);
  expect(promised(cron('0 9-17 * * 1-5'))).toBe(2 * (7 + 48 + 9));
  expect(promised({ ...cron('0 2 1 * *'), timezone: 'UTC' } as Schedule)).toBe(2 * 31 * 24);
});

describe('due times without a run', () => {
  test('are those after the last run, from when they are owed', () => {
    expect(untakenDueTimes(owing, null, always)).toEqual({ missed: 5, fresh: 0 });
    expect(untakenDueTimes({ ...owing, dueFrom: at('08:00:01') }, null, always).missed).toBe(4);
    expect(untakenDueTimes(owing, at('11:00:00'), always).missed).toBe(1);
    expect(untakenDueTimes(owing, at('12:00:00'), always).missed).toBe(0);
    expect(untakenDueTimes({ ...owing, dueFrom: at('13:00:00') }, null, always).missed).toBe(0);
  });

  test('are not missed before they are late', () => {
    const now = at('12:05:59');
    expect(untakenDueTimes(owing, null, { ...always, now })).toEqual({ missed: 4, fresh: 1 });
    expect(untakenDueTimes(owing, null, { ...always, now: at('12:06:00') })).toEqual({ missed: 5, fresh: 0 });
  });

  test('lie in the period: its begin is in it, its end is not', () => {
    const within = (from: string, to: string): number =>
      untakenDueTimes(owing, null, { from: at(from), to: at(to), now: NOW }).missed;
    expect(within('09:00:00', '11:00:00')).toBe(2);
    expect(within('09:00:01', '11:00:01')).toBe(2);
    expect(within('11:30:00', '23:00:00')).toBe(1);
  });

  test('are none while paused', () => {
    const paused = { ...owing, pausedAt: at('10:00:00') };
    expect(untakenDueTimes(paused, null, always).missed).toBe(3);
    expect(latestUntaken(paused, null, NOW)).toEqual(at('10:00:00'));
    expect(latestUntaken(paused, at('10:00:00'), NOW)).toBeNull();
  });

  test('of a cron schedule are counted too', () => {
    const plan = { ...owing, schedule: cron('*/20 9-10 * * *'), dueFrom: at('00:00:00') };
    expect(untakenDueTimes(plan, null, always)).toEqual({ missed: 6, fresh: 0 });
  });
});

test('a recovery point is broken when it is older than promised, but not before one could have been made', () => {
  const point = (committedAt: Date | null, changes = {}) =>
    recoveryPoint(
      {
        ...owing,
        recoveryPointSeconds: null,
        newestGood: committedAt && { snapshot: '2026-11-22T000000Z', committedAt },
        ...changes,
      },
      NOW,
    );
  expect(point(at('10:30:00'))).toMatchObject({ heldSeconds: 7200, promisedSeconds: 7200, broken: false });
  expect(point(at('10:29:59'))).toMatchObject({ heldSeconds: 7201, broken: true });
  expect(point(null)).toMatchObject({ snapshot: null, heldSeconds: null, broken: true });
  expect(point(null, { dueFrom: at('11:00:00') }).broken).toBe(false);
  expect(point(null, { pausedAt: at('09:00:00') }).broken).toBe(false);
  expect(point(at('12:45:00')).heldSeconds).toBe(0);
});
