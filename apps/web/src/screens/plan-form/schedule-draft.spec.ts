import { describe, expect, it } from '@jest/globals';
import { draftOfSchedule, lengthOf, newSchedule, scheduleOf } from './schedule-draft.js';

const ZONE = 'Europe/Berlin';

describe('a schedule in a form', () => {
  it.each([
    { kind: 'every', everySeconds: 10 },
    { kind: 'every', everySeconds: 900 },
    { kind: 'every', everySeconds: 7200 },
    { kind: 'every', everySeconds: 5400 },
    { kind: 'cron', cron: '30 2 * * *', timezone: 'Asia/Tokyo' },
    { kind: 'cron', cron: '0 23 * * 1,3,5', timezone: ZONE },
    { kind: 'cron', cron: '*/20 8-18 * * 1-5', timezone: ZONE },
    { kind: 'cron', cron: '0 0 1 * *', timezone: 'UTC' },
  ] as const)('comes out as it went in: %j', (schedule) => {
    expect(scheduleOf(draftOfSchedule(schedule, ZONE))).toEqual(schedule);
  });

  it('shows a time on some days as such, other cron expressions as they are', () => {
    expect(draftOfSchedule({ kind: 'cron', cron: '5 7 * * 0,6', timezone: ZONE }, ZONE)).toMatchObject({
      ...{ kind: 'times', time: '07:05', days: [7, 6] },
    });
    expect(draftOfSchedule({ kind: 'cron', cron: '5 7 1 * *', timezone: ZONE }, ZONE).kind).toBe('cron');
    expect(draftOfSchedule({ kind: 'cron', cron: '75 7 * * *', timezone: ZONE }, ZONE).kind).toBe('cron');
  });

  it('leaves out a number that is not filled in', () => {
    const draft = newSchedule(ZONE);
    expect(scheduleOf({ ...draft, every: { count: NaN, unit: 'hours' } })).toEqual({ kind: 'every' });
  });
});

it.each([
  [90, 90, 'seconds'],
  [3600, 1, 'hours'],
  [86_400, 1, 'days'],
  [129_600, 36, 'hours'],
])('%i seconds are told as %i %s', (seconds, count, unit) => {
  expect(lengthOf(seconds)).toEqual({ count, unit });
});
