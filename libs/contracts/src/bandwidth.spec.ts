import { Bandwidth, rateAt, stricterRate, type BandwidthWindow } from './bandwidth.js';

const DAY = 1_000_000;
const NIGHT = 9_000_000;
const berlin = (...windows: BandwidthWindow[]): Bandwidth => ({
  ...{ bytesPerSecond: DAY, timezone: 'Europe/Berlin', windows },
});
const night = (from: string, to: string, days?: number[]): BandwidthWindow => ({
  ...{ from, to, bytesPerSecond: NIGHT, ...(days ? { days } : {}) },
});
const rate = (bandwidth: Bandwidth | null, instant: string): number | null =>
  rateAt(bandwidth, new Date(instant));

test('without a bandwidth, and in a window of full speed, nothing limits', () => {
  expect(rate(null, '2026-01-05T12:00:00Z')).toBeNull();
  const fullAtNight = berlin({ from: '22:00', to: '06:00', bytesPerSecond: null });
  expect(rate(fullAtNight, '2026-01-05T22:00:00Z')).toBeNull();
  expect(rate(fullAtNight, '2026-01-05T12:00:00Z')).toBe(DAY);
});

test('a window holds its begin and not its end, by the clocks of its zone', () => {
  const bandwidth = berlin(night('08:00', '09:00'));
  expect(rate(bandwidth, '2026-01-05T06:59:59Z')).toBe(DAY);
  expect(rate(bandwidth, '2026-01-05T07:00:00Z')).toBe(NIGHT);
  expect(rate(bandwidth, '2026-01-05T07:59:59Z')).toBe(NIGHT);
  expect(rate(bandwidth, '2026-01-05T08:00:00Z')).toBe(DAY);
});

test('a window across midnight belongs to the day it begins on', () => {
  // 2026-01-09 is a Friday.
  const fridays = berlin(night('22:00', '06:00', [5]));
  expect(rate(fridays, '2026-01-09T04:59:00Z')).toBe(DAY);
  expect(rate(fridays, '2026-01-09T21:00:00Z')).toBe(NIGHT);
  expect(rate(fridays, '2026-01-10T04:59:00Z')).toBe(NIGHT);
  expect(rate(fridays, '2026-01-10T05:00:00Z')).toBe(DAY);
  expect(rate(fridays, '2026-01-10T21:00:00Z')).toBe(DAY);
});

test('the Sunday before a Monday is found across the week', () => {
  const sundays = berlin(night('22:00', '06:00', [7]));
  expect(rate(sundays, '2026-01-12T04:00:00Z')).toBe(NIGHT);
});

test('equal ends mean 24 hours from there', () => {
  const saturdays = berlin(night('12:00', '12:00', [6]));
  expect(rate(saturdays, '2026-01-10T10:59:00Z')).toBe(DAY);
  expect(rate(saturdays, '2026-01-10T11:00:00Z')).toBe(NIGHT);
  expect(rate(saturdays, '2026-01-11T10:59:00Z')).toBe(NIGHT);
  expect(rate(saturdays, '2026-01-11T11:00:00Z')).toBe(DAY);
});

test('the first window that holds an instant counts', () => {
  const bandwidth = berlin({ from: '10:00', to: '11:00', bytesPerSecond: 5000 }, night('00:00', '23:59'));
  expect(rate(bandwidth, '2026-01-05T09:30:00Z')).toBe(5000);
  expect(rate(bandwidth, '2026-01-05T10:30:00Z')).toBe(NIGHT);
});

describe('daylight saving time', () => {
  test('a window follows the clocks on the wall, not UTC', () => {
    const bandwidth = berlin(night('22:00', '06:00'));
    expect(rate(bandwidth, '2026-01-05T20:30:00Z')).toBe(DAY);
    expect(rate(bandwidth, '2026-07-06T20:30:00Z')).toBe(NIGHT);
  });

  test('an hour that spring skips holds no window', () => {
    // 2026-03-29: 01:59:59 is followed by 03:00:00.
    const bandwidth = berlin(night('02:00', '03:00'));
    expect(rate(bandwidth, '2026-03-29T00:59:59Z')).toBe(DAY);
    expect(rate(bandwidth, '2026-03-29T01:00:00Z')).toBe(DAY);
  });

  test('an hour that autumn repeats holds its window twice', () => {
    // 2026-10-25: 02:59:59 summer time is followed by 02:00:00.
    const bandwidth = berlin(night('02:00', '03:00'));
    expect(rate(bandwidth, '2026-10-25T00:30:00Z')).toBe(NIGHT);
    expect(rate(bandwidth, '2026-10-25T01:30:00Z')).toBe(NIGHT);
    expect(rate(bandwidth, '2026-10-25T02:00:00Z')).toBe(DAY);
  });
});

test('the stricter of two rates is the lower one, and any is stricter than none', () => {
  expect([stricterRate(1, 2), stricterRate(null, 2), stricterRate(1, null)]).toEqual([1, 2, 1]);
  expect(stricterRate(null, null)).toBeNull();
});

describe('what does not fit is told in words', () => {
  const problems = (value: unknown): string[] =>
    Bandwidth.safeParse(value).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ??
    [];
  const window = { from: '22:00', to: '06:00', bytesPerSecond: null };

  test.each([
    [
      { bytesPerSecond: 10 },
      'bytesPerSecond: must be at least 1024 bytes per second, or null for full speed',
    ],
    [
      { bytesPerSecond: null, timezone: 'Mars/Base' },
      'timezone: is not a known time zone: use an IANA name such as Europe/Berlin',
    ],
    [
      { bytesPerSecond: null, windows: [{ ...window, from: '24:00' }] },
      'windows.0.from: must be a time of day from 00:00 to 23:59, such as 08:30',
    ],
    [{ bytesPerSecond: null, windows: [{ ...window, days: [8] }] }, 'windows.0.days.0: Sunday is 7'],
  ])('%j', (value, problem) => {
    expect(problems(value)).toEqual([problem]);
  });

  test('a plain limit needs no timetable', () => {
    expect(Bandwidth.parse({ bytesPerSecond: 2048 })).toEqual({
      ...{ bytesPerSecond: 2048, timezone: 'UTC', windows: [] },
    });
  });
});
