import { CronExpressionParser } from 'cron-parser';
import {
  clockChangeNote,
  countDueTimes,
  daysMeanEither,
  duePeriod,
  dueTimesBetween,
  latestDueTime,
  nextDueTime,
  scheduleProblem,
} from './due-times.js';
import type { Schedule } from './plan.js';

const cron = (expression: string, timezone = 'UTC'): Schedule => ({
  kind: 'cron',
  cron: expression,
  timezone,
});
const between = (schedule: Schedule, after: string, until: string): string[] =>
  [...dueTimesBetween(schedule, new Date(after), new Date(until))].map((due) => due.toISOString());

describe('every', () => {
  const every90 = { kind: 'every', everySeconds: 90 } as const;

  test('due times lie on the grid of the epoch, whenever one asks', () => {
    expect(nextDueTime(every90, new Date(0))).toEqual(new Date(90_000));
    expect(nextDueTime(every90, new Date(89_999))).toEqual(new Date(90_000));
    expect(nextDueTime(every90, new Date(90_000))).toEqual(new Date(180_000));
  });

  test('the latest due time at an exact instant is that instant', () => {
    expect(latestDueTime(every90, new Date(180_000))).toEqual(new Date(180_000));
    expect(latestDueTime(every90, new Date(179_999))).toEqual(new Date(90_000));
  });
});

describe('cron', () => {
  test('the latest due time at an exact instant is that instant, and one millisecond earlier the one before', () => {
    const hourly = cron('0 * * * *');
    expect(latestDueTime(hourly, new Date('2026-11-22T11:00:00.000Z'))).toEqual(
      new Date('2026-11-22T11:00:00Z'),
    );
    expect(latestDueTime(hourly, new Date('2026-11-22T10:59:59.999Z'))).toEqual(
      new Date('2026-11-22T10:00:00Z'),
    );
    expect(nextDueTime(hourly, new Date('2026-11-22T11:00:00.000Z'))).toEqual(
      new Date('2026-11-22T12:00:00Z'),
    );
  });

  test('a local time that spring skips is due an hour later that day', () => {
    expect(
      between(cron('30 2 * * *', 'Europe/Berlin'), '2026-03-28T00:00:00Z', '2026-03-30T12:00:00Z'),
    ).toEqual(['2026-03-28T01:30:00.000Z', '2026-03-29T01:30:00.000Z', '2026-03-30T00:30:00.000Z']);
  });

  test('asked within the hour after a change in spring, the due time it moved is not forgotten', () => {
    const nightly = cron('30 2 * * *', 'Europe/Berlin');
    const moved = new Date('2026-03-29T01:30:00Z');
    expect(nextDueTime(nightly, new Date('2026-03-29T01:08:06Z'))).toEqual(moved);
    expect(latestDueTime(nightly, moved)).toEqual(moved);
    expect(latestDueTime(nightly, new Date('2026-03-29T15:00:00Z'))).toEqual(moved);
  });

  test('a local time that comes twice in autumn is due the first time only', () => {
    const nightly = cron('30 2 * * *', 'Europe/Berlin');
    expect(between(nightly, '2026-10-24T12:00:00Z', '2026-10-26T12:00:00Z')).toEqual([
      '2026-10-25T00:30:00.000Z',
      '2026-10-26T01:30:00.000Z',
    ]);
    expect(latestDueTime(nightly, new Date('2026-10-25T01:45:00Z'))).toEqual(
      new Date('2026-10-25T00:30:00Z'),
    );
  });

  test('every quarter of every hour goes on through both changes', () => {
    const quarters = cron('*/15 * * * *', 'America/New_York');
    expect(between(quarters, '2026-03-08T05:00:00Z', '2026-03-08T09:00:00Z')).toHaveLength(16);
    expect(between(quarters, '2026-11-01T04:00:00Z', '2026-11-01T08:00:00Z')).toHaveLength(16);
  });

  test('a midnight that spring skips is due an hour later', () => {
    const nightly = cron('0 0 * * *', 'America/Havana');
    expect(between(nightly, '2026-03-07T12:00:00Z', '2026-03-08T12:00:00Z')).toEqual([
      '2026-03-08T05:00:00.000Z',
    ]);
  });

  test('a change of half an hour moves the skipped time by half an hour', () => {
    expect(
      between(cron('15 2 * * *', 'Australia/Lord_Howe'), '2026-10-03T00:00:00Z', '2026-10-04T00:00:00Z'),
    ).toEqual(['2026-10-03T15:45:00.000Z']);
  });

  test('day of month and day of week together mean either', () => {
    expect(between(cron('0 0 13 * 5'), '2026-11-01T00:00:00Z', '2026-11-21T00:00:00Z')).toEqual([
      '2026-11-06T00:00:00.000Z',
      '2026-11-13T00:00:00.000Z',
      '2026-11-20T00:00:00.000Z',
    ]);
    expect(between(cron('0 0 1 * 1'), '2026-11-01T12:00:00Z', '2026-12-02T00:00:00Z')).toEqual([
      '2026-11-02T00:00:00.000Z',
      '2026-11-09T00:00:00.000Z',
      '2026-11-16T00:00:00.000Z',
      '2026-11-23T00:00:00.000Z',
      '2026-11-30T00:00:00.000Z',
      '2026-12-01T00:00:00.000Z',
    ]);
  });

  test('29 February is found from any year, in both directions', () => {
    const leap = cron('0 0 29 2 *');
    expect(nextDueTime(leap, new Date('2096-03-01T00:00:00Z'))).toEqual(new Date('2104-02-29T00:00:00Z'));
    expect(latestDueTime(leap, new Date('2027-01-01T00:00:00Z'))).toEqual(new Date('2024-02-29T00:00:00Z'));
  });

  const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Africa/Casablanca'];
  const expressions = [
    '30 2 * * *',
    '0 2 * * *',
    '0 */2 * * *',
    '*/20 1-3 * * *',
    '0 0 1 * 1',
    '5 3 * * 0',
    '17 2,3 * * *',
  ];
  test.each(zones)('agrees with the way BullMQ steps from one due time to the next, in %s', (timezone) => {
    for (const expression of expressions)
      for (const [from, until] of [
        ['2026-02-10T00:00:00Z', '2026-04-05T00:00:00Z'],
        ['2026-10-20T00:00:00Z', '2026-11-05T00:00:00Z'],
      ] as const) {
        const expected: string[] = [];
        for (let due = new Date(from); ; expected.push(due.toISOString())) {
          due = CronExpressionParser.parse(expression, { currentDate: due, tz: timezone }).next().toDate();
          if (due > new Date(until)) break;
        }
        expect({ expression, due: between(cron(expression, timezone), from, until) }).toEqual({
          expression,
          due: expected,
        });
      }
  });

  test.each(['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Pacific/Apia'])(
    'forwards and backwards give the same due times around every change, in %s',
    (timezone) => {
      const ranges = [
        ['2011-12-28T00:00:00Z', '2012-01-02T00:00:00Z'],
        ['2026-03-07T00:00:00Z', '2026-03-09T00:00:00Z'],
        ['2026-03-28T12:00:00Z', '2026-03-29T18:00:00Z'],
        ['2026-10-03T06:00:00Z', '2026-10-04T06:00:00Z'],
        ['2026-10-24T18:00:00Z', '2026-10-25T18:00:00Z'],
        ['2026-11-01T00:00:00Z', '2026-11-01T18:00:00Z'],
      ] as const;
      for (const schedule of ['30 2 * * *', '*/20 1-3 * * *', '7 * * * *'].map((e) => cron(e, timezone)))
        for (const [from, until] of ranges) {
          const due = between(schedule, from, until).map((time) => Date.parse(time));
          for (let at = Date.parse(from); at <= Date.parse(until); at += 613_000) {
            const past = due.filter((time) => time <= at).at(-1);
            if (past !== undefined) expect(latestDueTime(schedule, new Date(at)).getTime()).toBe(past);
            const future = due.find((time) => time > at);
            if (future !== undefined) expect(nextDueTime(schedule, new Date(at)).getTime()).toBe(future);
          }
        }
    },
  );
});

describe('what is wrong with a schedule', () => {
  test.each([
    [cron('0 2 * * *', 'Mars/Olympus'), /time zone "Mars\/Olympus" is not known/],
    [cron('0 0 2 * * *'), /has 6 fields; it needs five/],
    [cron('61 2 * * *'), /cannot be read/],
    [cron('0 0 30 2 *'), /cannot be read/],
    [cron('H 2 * * *'), /"H" is not supported/],
  ])('%j', (schedule, problem) => expect(scheduleProblem(schedule)).toMatch(problem));

  test('a good one has no problem', () => {
    expect(scheduleProblem(cron('0 2 * * 1-5', 'Europe/Berlin'))).toBeNull();
    expect(scheduleProblem({ kind: 'every', everySeconds: 60 })).toBeNull();
  });
});

describe('counting and periods', () => {
  const schedules: Schedule[] = [
    { kind: 'every', everySeconds: 90 },
    cron('*/7 2-3 * * *', 'Europe/Berlin'),
    cron('30 2 * * *', 'America/New_York'),
    cron('0 0 1 * *'),
  ];

  test.each(schedules)('due times of %j are counted as they would be walked', (schedule) => {
    for (const [after, until] of [
      ['2026-10-20T00:00:00Z', '2026-11-22T12:34:56Z'],
      ['2026-03-28T00:30:00Z', '2026-03-29T01:30:00Z'],
      ['2026-03-29T01:30:00Z', '2026-03-29T01:30:00Z'],
      ['2026-03-30T01:30:00Z', '2026-03-29T01:30:00Z'],
    ] as const)
      expect(countDueTimes(schedule, new Date(after), new Date(until))).toBe(
        between(schedule, after, until).length,
      );
  });

  test('a period knows the nights, weekends and months that an expression skips', () => {
    const hours = (schedule: Schedule, around: string): number[] => {
      const { shortestMs, longestMs } = duePeriod(schedule, new Date(around));
      return [shortestMs / 3_600_000, longestMs / 3_600_000];
    };
    const office = cron('0 9-17 * * 1-5');
    for (const around of ['2026-11-18T12:00:00Z', '2026-11-21T12:00:00Z', '2026-11-23T09:00:00Z'])
      expect(hours(office, around)).toEqual([1, 64]);
    expect(hours(cron('0 2 * * *'), '2026-11-22T12:00:00Z')).toEqual([24, 24]);
    expect(hours(cron('0 2 * * *', 'Europe/Berlin'), '2026-10-25T12:00:00Z')).toEqual([24, 25]);
    expect(hours(cron('0 0 1 * *'), '2026-11-22T12:00:00Z')).toEqual([720, 744]);
    expect(hours(cron('0 0 1 1 *'), '2026-11-22T12:00:00Z')[1]).toBe(365 * 24);
    expect(hours({ kind: 'every', everySeconds: 7200 }, '2026-11-22T12:00:00Z')).toEqual([2, 2]);
  });
});

describe('a change of the clocks', () => {
  const note = (expression: string, due: string): string | null =>
    clockChangeNote(cron(expression, 'Europe/Berlin'), new Date(due));

  test('is told of a time that spring skips', () => {
    expect(note('30 2 * * *', '2026-03-29T01:30:00Z')).toBe(
      'The clocks go forward: 02:30 does not exist that day, so it is due at 03:30.',
    );
    expect(note('30 2 * * *', '2026-03-28T01:30:00Z')).toBeNull();
    expect(note('30 4 * * *', '2026-03-29T02:30:00Z')).toBeNull();
  });

  test('is told of a time that autumn repeats', () => {
    expect(note('30 2 * * *', '2026-10-25T00:30:00Z')).toMatch(/02:30 comes twice .* the first time only/);
    expect(note('30 * * * *', '2026-10-25T00:30:00Z')).toMatch(/02:30 comes twice .* both times/);
    expect(note('30 * * * *', '2026-10-25T02:30:00Z')).toBeNull();
  });

  test('is nothing to a period', () => {
    expect(
      clockChangeNote({ kind: 'every', everySeconds: 3600 }, new Date('2026-10-25T00:00:00Z')),
    ).toBeNull();
  });
});

test('day of month and day of week mean either only when both are named', () => {
  expect(daysMeanEither(cron('0 2 13 * 5'))).toBe(true);
  for (const expression of ['0 2 * * 5', '0 2 13 * *', '0 2 * * *'])
    expect(daysMeanEither(cron(expression))).toBe(false);
});
