import fc from 'fast-check';
import { Retention } from './retention.js';
import {
  retentionDecisions,
  retentionTimezone,
  type RetentionDecision,
  type RetentionSnapshot,
} from './retention-decisions.js';

const NOW = new Date('2026-11-22T12:00:00Z');
const HOUR_MS = 3_600_000;

const policyOf = (changes: Partial<Retention>): Retention =>
  Retention.parse({ minimumAgeSeconds: 0, ...changes });
const taken = (committedAt: string, changes: Partial<RetentionSnapshot> = {}): RetentionSnapshot => ({
  snapshot: committedAt,
  committedAt,
  pinned: false,
  good: true,
  ...changes,
});
const every = (stepMs: number, count: number, newest = NOW): RetentionSnapshot[] =>
  Array.from({ length: count }, (_, n) => taken(new Date(newest.getTime() - n * stepMs).toISOString()));
const decide = (
  snapshots: readonly RetentionSnapshot[],
  policy: Retention | null,
  { timezone = 'UTC', now = NOW } = {},
): RetentionDecision[] => retentionDecisions(snapshots, policy, { timezone, now });
const stays = (decisions: readonly RetentionDecision[]): Record<string, readonly string[]> =>
  Object.fromEntries(
    decisions.filter(({ removable }) => !removable).map(({ snapshot, keptBy }) => [snapshot, keptBy]),
  );

test('without a policy everything stays, newest first whatever the order', () => {
  const decisions = decide(every(HOUR_MS, 3).toReversed(), null);
  expect(decisions.map(({ snapshot, removable }) => [snapshot, removable])).toEqual([
    ['2026-11-22T12:00:00.000Z', false],
    ['2026-11-22T11:00:00.000Z', false],
    ['2026-11-22T10:00:00.000Z', false],
  ]);
});

test('every rule that wants a snapshot is named', () => {
  const decisions = decide(
    [
      taken('2026-11-22T11:30:00Z'),
      taken('2026-11-22T11:05:00Z'),
      taken('2026-11-21T23:59:59Z', { pinned: true }),
      taken('2026-11-15T10:00:00Z'),
      taken('2026-01-01T00:00:00Z'),
      taken('2025-12-31T00:00:00Z'),
    ],
    policyOf({
      ...{ last: 2, hourly: 1, daily: 2, weekly: 2, monthly: 2, yearly: 2 },
      minimumAgeSeconds: 3600,
    }),
  );
  expect(decisions.map(({ keptBy }) => keptBy)).toEqual([
    [
      ...['newest', 'younger than 1 hour', 'last 2', 'hourly 2026-11-22T11:00Z', 'daily 2026-11-22'],
      ...['weekly 2026-W47', 'monthly 2026-11', 'yearly 2026'],
    ],
    ['younger than 1 hour', 'last 2'],
    ['pinned', 'daily 2026-11-21'],
    ['weekly 2026-W46'],
    ['monthly 2026-01'],
    ['yearly 2025'],
  ]);
});

test('what no rule wants may go, but for the newest', () => {
  const decisions = decide(
    every(24 * HOUR_MS, 4, new Date('2026-10-01T00:00:00Z')),
    policyOf({ withinSeconds: 1 }),
  );
  expect(decisions.map(({ keptBy, removable }) => [keptBy, removable])).toEqual([
    [['newest'], false],
    [[], true],
    [[], true],
    [[], true],
  ]);
});

test('nothing younger than the minimum age goes, whatever the counts say', () => {
  const decisions = decide(every(HOUR_MS, 48), Retention.parse({ last: 1 }));
  expect(decisions.filter(({ removable }) => !removable)).toHaveLength(24);
  expect(decisions[1]!.keptBy).toEqual(['younger than 1 day']);
});

describe('damaged snapshots', () => {
  test('never use up a place, and stay where they would stay if they were good', () => {
    const damaged = { good: false };
    const decisions = decide(
      [
        taken('2026-11-20T03:00:00Z', damaged),
        taken('2026-11-20T02:00:00Z'),
        taken('2026-11-20T01:00:00Z', damaged),
        taken('2026-11-19T01:00:00Z'),
        taken('2026-11-18T01:00:00Z', damaged),
      ],
      policyOf({ last: 1, daily: 2 }),
    );
    expect(stays(decisions)).toEqual({
      '2026-11-20T03:00:00Z': ['newest', 'last 1', 'daily 2026-11-20'],
      '2026-11-20T02:00:00Z': ['newest good', 'last 1', 'daily 2026-11-20'],
      '2026-11-19T01:00:00Z': ['daily 2026-11-19'],
    });
  });

  test('damage found in a file that all snapshots share does not cost the history', () => {
    const history = every(24 * HOUR_MS, 30).map((snapshot, n) => ({ ...snapshot, good: n === 0 }));
    expect(Object.keys(stays(decide(history, policyOf({ daily: 7 }))))).toHaveLength(7);
  });
});

describe('days begin where the plan lives', () => {
  const hours = (timezone: string, from: string, count: number, policy: Partial<Retention>): string[] =>
    decide(every(HOUR_MS, count, new Date(from)), policyOf(policy), { timezone }).flatMap(({ keptBy }) =>
      keptBy.filter((rule) => rule !== 'newest'),
    );

  test('an evening in UTC is the next day in Auckland', () => {
    expect(hours('Pacific/Auckland', '2026-11-22T11:30:00Z', 2, { daily: 5 })).toEqual([
      'daily 2026-11-23',
      'daily 2026-11-22',
    ]);
  });

  test('a zone that the policy names comes first', () => {
    expect(hours('UTC', '2026-11-22T11:30:00Z', 1, { daily: 1, timezone: 'Pacific/Auckland' })).toEqual([
      'daily 2026-11-23',
    ]);
  });

  test('days of 25 and of 23 hours are one day each', () => {
    const perDay = (newest: string): Map<string, number> => {
      const counts = new Map<string, number>();
      const format = new Intl.DateTimeFormat('sv', { timeZone: 'Europe/Berlin', dateStyle: 'short' });
      for (const { committedAt } of every(HOUR_MS, 72, new Date(newest))) {
        const day = format.format(new Date(committedAt));
        counts.set(day, (counts.get(day) ?? 0) + 1);
      }
      return counts;
    };
    for (const [newest, day, length] of [
      ['2026-10-26T22:59:00Z', '2026-10-25', 25],
      ['2026-03-30T21:59:00Z', '2026-03-29', 23],
    ] as const) {
      expect(perDay(newest).get(day)).toBe(length);
      expect(hours('Europe/Berlin', newest, 72, { daily: 100 })).toEqual(
        [...perDay(newest).keys()].map((key) => `daily ${key}`),
      );
    }
  });

  test('an hour that autumn repeats is two', () => {
    expect(hours('Europe/Berlin', '2026-10-25T01:30:00Z', 3, { hourly: 3 })).toEqual([
      'hourly 2026-10-25T02:00+01:00',
      'hourly 2026-10-25T02:00+02:00',
      'hourly 2026-10-25T01:00+02:00',
    ]);
  });

  test('a minute of tomorrow before the clocks go back is tomorrow once', () => {
    // Until 2011 the clocks of Goose Bay went from 00:01 back to 23:01.
    const decisions = decide(
      [
        taken('2010-11-07T05:00:00Z'),
        taken('2010-11-07T03:30:00Z'),
        taken('2010-11-07T03:00:30Z'),
        taken('2010-11-07T02:00:00Z'),
      ],
      policyOf({ daily: 9 }),
      { timezone: 'America/Goose_Bay' },
    );
    expect(decisions.map(({ keptBy }) => keptBy.at(-1))).toEqual([
      'daily 2010-11-07',
      'daily 2010-11-06',
      undefined,
      undefined,
    ]);
  });

  test('weeks begin on Monday and carry the year of their Thursday', () => {
    expect(hours('UTC', '2027-01-03T23:30:00Z', 24 * 8, { weekly: 5 })).toEqual([
      'weekly 2026-W53',
      'weekly 2026-W52',
    ]);
  });

  test('the zone is that of the policy, else of a cron schedule, else UTC', () => {
    const cron = { kind: 'cron', cron: '0 2 * * *', timezone: 'Europe/Berlin' } as const;
    expect(retentionTimezone(policyOf({ last: 1, timezone: 'Asia/Tokyo' }), cron)).toBe('Asia/Tokyo');
    expect(retentionTimezone(policyOf({ last: 1 }), cron)).toBe('Europe/Berlin');
    expect(retentionTimezone(null, { kind: 'every', everySeconds: 60 })).toBe('UTC');
    expect(Retention.safeParse({ last: 1, timezone: 'Mars/Base' }).error?.issues[0]?.message).toMatch(/IANA/);
  });
});

describe('whatever the snapshots and the policy', () => {
  const count = fc.nat(6);
  const policies = fc.record({
    ...{ last: count, hourly: count, daily: count, weekly: count, monthly: count, yearly: count },
    withinSeconds: fc.nat(10 * 86_400),
    minimumAgeSeconds: fc.nat(3 * 86_400),
  });
  const histories = fc.array(
    fc.record({
      ageHours: fc.oneof(fc.nat(72), fc.nat(24 * 800)),
      pinned: fc.boolean(),
      good: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, fc.constant(false)),
    }),
    { maxLength: 60 },
  );
  const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe');
  const snapshotsOf = (history: readonly { ageHours: number; pinned: boolean; good: boolean }[]) =>
    history.map(({ ageHours, pinned, good }, n) => ({
      snapshot: `s${n}`,
      committedAt: new Date(NOW.getTime() - ageHours * HOUR_MS),
      ...{ pinned, good },
    }));
  const removed = (decisions: readonly RetentionDecision[]): Set<string> =>
    new Set(decisions.filter(({ removable }) => removable).map(({ snapshot }) => snapshot));

  test('each is decided once; newest, newest good, pinned and young ones stay, at any later time too', () => {
    fc.assert(
      fc.property(histories, policies, zones, fc.nat(100), (history, policy, timezone, hoursLater) => {
        const snapshots = snapshotsOf(history);
        const now = new Date(NOW.getTime() + hoursLater * HOUR_MS);
        const decisions = decide(snapshots, policy, { timezone, now });
        const gone = removed(decisions);
        expect(decisions.map(({ snapshot }) => snapshot).sort()).toEqual(
          snapshots.map(({ snapshot }) => snapshot).sort(),
        );
        const newestFirst = decisions.map(({ snapshot }) =>
          snapshots.find((one) => one.snapshot === snapshot)!,
        );
        const mustStay = newestFirst.filter(
          ({ pinned, committedAt }) =>
            pinned || now.getTime() - committedAt.getTime() < policy.minimumAgeSeconds * 1000,
        );
        for (const kept of [newestFirst[0], newestFirst.find(({ good }) => good), ...mustStay])
          if (kept) expect(gone.has(kept.snapshot)).toBe(false);
      }),
    );
  });

  test('applied again to what stays, nothing more goes', () => {
    fc.assert(
      fc.property(histories, policies, zones, (history, policy, timezone) => {
        const snapshots = snapshotsOf(history);
        const gone = removed(decide(snapshots, policy, { timezone }));
        const left = snapshots.filter(({ snapshot }) => !gone.has(snapshot));
        expect(removed(decide(left, policy, { timezone })).size).toBe(0);
      }),
    );
  });

  test('a higher count, a longer time or one more pin never removes more', () => {
    const rule = fc.constantFrom(
      ...(['last', 'hourly', 'daily', 'weekly', 'monthly', 'yearly'] as const),
      ...(['withinSeconds', 'minimumAgeSeconds'] as const),
    );
    fc.assert(
      fc.property(histories, policies, zones, rule, fc.integer({ min: 1, max: 90_000 }), (...given) => {
        const [history, policy, timezone, raised, by] = given;
        const before = removed(decide(snapshotsOf(history), policy, { timezone }));
        const after = decide(
          snapshotsOf(history),
          { ...policy, [raised]: policy[raised] + by },
          { timezone },
        );
        for (const snapshot of removed(after)) expect(before.has(snapshot)).toBe(true);
        const pinned = snapshotsOf(history).map((one, n) => (n % 3 === 0 ? { ...one, pinned: true } : one));
        for (const snapshot of removed(decide(pinned, policy, { timezone })))
          expect(before.has(snapshot)).toBe(true);
      }),
    );
  });

  test('damage takes no good snapshot its place', () => {
    fc.assert(
      fc.property(histories, policies, zones, (history, policy, timezone) => {
        const good = snapshotsOf(history).filter((snapshot) => snapshot.good);
        const alone = removed(decide(good, policy, { timezone }));
        const all = removed(decide(snapshotsOf(history), policy, { timezone }));
        for (const { snapshot } of good) if (all.has(snapshot)) expect(alone.has(snapshot)).toBe(true);
      }),
    );
  });
});

test('10,000 snapshots are decided in a fraction of a second', () => {
  const snapshots = every(HOUR_MS, 10_000);
  const policy = policyOf({ last: 10, hourly: 500, daily: 365, weekly: 60, monthly: 24, yearly: 5 });
  const started = performance.now();
  const decisions = decide(snapshots, policy, { timezone: 'Europe/Berlin' });
  const elapsedMs = performance.now() - started;
  expect(decisions).toHaveLength(10_000);
  expect(elapsedMs).toBeLessThan(500);
});
