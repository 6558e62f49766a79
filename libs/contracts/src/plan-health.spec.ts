import fc from 'fast-check';
import { HealthState, PlanHealth } from './plan-health-view.js';
import { planHealth, type PlanHealthFacts } from './plan-health.js';
import type { Schedule } from './plan.js';

const at = (time: string): Date => new Date(`2026-11-22T${time}Z`);
const NOW = at('12:30:00');
const DAY_MS = 86_400_000;

/** An hourly plan that did all it should. */
const well: PlanHealthFacts = {
  planId: '00000000-0000-4000-8000-000000000001',
  ...{ planName: 'documents', agentId: 'laptop', createdAt: at('00:00:00'), dueFrom: at('00:00:00') },
  schedule: { kind: 'every', everySeconds: 3600 },
  ...{ verifySchedule: null, recoveryPointSeconds: null, pausedAt: null, open: null, damaged: null },
  lastTickAt: at('12:00:00'),
  lastEnded: {
    runId: '00000000-0000-4000-8000-000000000002',
    ...{ state: 'committed', scheduledFor: at('12:00:00'), endedAt: at('12:01:00'), reason: null },
  },
  newestGood: { snapshot: '2026-11-22T120001Z', committedAt: at('12:01:00') },
  leastVerified: null,
};
const ended = (changes: Partial<NonNullable<PlanHealthFacts['lastEnded']>>): Partial<PlanHealthFacts> => ({
  lastEnded: { ...well.lastEnded!, ...changes },
});
const never: Partial<PlanHealthFacts> = { lastEnded: null, newestGood: null, lastTickAt: null };
const judge = (changes: Partial<PlanHealthFacts>, now = NOW): [HealthState, string] => {
  const { state, sentence } = planHealth({ ...well, ...changes }, now);
  return [state, sentence];
};

test('a plan that did what it should is healthy, and says what it holds', () => {
  expect(planHealth(well, NOW)).toEqual({
    ...{ planId: well.planId, planName: 'documents', agentId: 'laptop', state: 'healthy' },
    sentence: 'The newest good snapshot is 29 minutes old; at most 2 hours are promised.',
    recoveryPoint: {
      ...{ snapshot: '2026-11-22T120001Z', committedAt: '2026-11-22T12:01:00.000Z' },
      ...{ heldSeconds: 1740, promisedSeconds: 7200, broken: false },
    },
  });
});

test('a partial backup is a backup, and what it left out is told', () => {
  expect(judge(ended({ state: 'partial', reason: '2 files could not be read' }))).toEqual([
    'healthy',
    'The backup of 2026-11-22T12:00:00Z left something out: 2 files could not be read. The newest good snapshot is 29 minutes old; at most 2 hours are promised.',
  ]);
});

test('a paused plan is paused, whatever else is wrong with it', () => {
  const damaged = { snapshots: 1, newest: '2026-11-22T100000Z' };
  expect(judge({ ...ended({ state: 'failed' }), damaged, pausedAt: at('03:00:00') })).toEqual([
    'paused',
    'Paused since 2026-11-22T03:00:00Z: nothing is due until it is resumed.',
  ]);
});

describe('a plan of which no run has ended', () => {
  test('has never run, and says when it will or why it does not', () => {
    expect(judge({ ...never, dueFrom: at('12:10:00') })).toEqual([
      'never-run',
      'It has never run: first due at 2026-11-22T13:00:00Z.',
    ]);
    const waits = {
      state: 'waiting',
      scheduledFor: at('12:00:00'),
      reason: 'No receiver is there.',
    } as const;
    expect(judge({ ...never, dueFrom: at('11:30:00'), lastTickAt: at('12:00:00'), open: waits })).toEqual([
      'never-run',
      'It has never run: the backup of 2026-11-22T12:00:00Z has not started, 30 minutes after it was due: No receiver is there.',
    ]);
  });

  test('fails when its promise is broken, or a due time nobody took', () => {
    const open = { state: 'running', scheduledFor: at('10:00:00'), reason: null } as const;
    expect(judge({ ...never, dueFrom: at('10:00:00'), lastTickAt: at('12:00:00'), open })).toEqual([
      'failing',
      'No backup has succeeded in the 2 hours within which one was promised; the backup of 2026-11-22T10:00:00Z is running.',
    ]);
    expect(judge({ ...never, dueFrom: at('10:40:00') })).toEqual([
      'failing',
      'A due time passed and nobody was there to take it: is the scheduler running? There is no good snapshot.',
    ]);
  });
});

describe('a plan fails', () => {
  test.each(['failed', 'missed'] as const)('when its last run %s', (state) => {
    expect(judge(ended({ state, reason: 'Why.', endedAt: at('12:02:00') }))).toEqual([
      'failing',
      `The backup of 2026-11-22T12:00:00Z ${state === 'missed' ? 'was missed' : 'failed'}: Why. The newest good snapshot is 29 minutes old; at most 2 hours are promised.`,
    ]);
  });

  test('no longer, when a run that waited behind the missed one has made good for it', () => {
    expect(judge(ended({ state: 'missed', endedAt: at('12:00:01') }))[0]).toBe('healthy');
  });

  test('when a snapshot is damaged', () => {
    expect(judge({ damaged: { snapshots: 1, newest: '2026-11-20T100000Z' } })).toEqual([
      'failing',
      expect.stringMatching(/^Snapshot 2026-11-20T100000Z is damaged/),
    ]);
    expect(judge({ damaged: { snapshots: 3, newest: '2026-11-20T100000Z' } })[1]).toMatch(/^3 snapshots are/);
  });

  test('when its newest good snapshot is older than promised, a promise of its own too', () => {
    const old = { newestGood: { snapshot: '2026-11-22T100000Z', committedAt: at('10:29:00') } };
    expect(judge(old)).toEqual([
      'failing',
      'The newest good snapshot is 2 hours 1 minute old; promised are at most 2 hours.',
    ]);
    expect(judge({ ...old, recoveryPointSeconds: 7261 })[0]).toBe('healthy');
    expect(judge({ recoveryPointSeconds: 1700 })[0]).toBe('failing');
  });

  test('not for the age of a snapshot from before it was resumed or rescheduled', () => {
    const old = {
      newestGood: { snapshot: '2026-11-21T100000Z', committedAt: new Date(NOW.getTime() - DAY_MS) },
    };
    expect(judge({ ...old, dueFrom: at('11:00:00') })[0]).toBe('healthy');
    expect(judge({ ...old, dueFrom: at('10:29:00') })[0]).toBe('failing');
  });

  test('when due times passed that nobody was there to take', () => {
    const lastTickAt = at('09:00:00');
    expect(judge({ lastTickAt })[1]).toMatch(/^2 due times passed and nobody was there to take them/);
  });
});

describe('a plan runs late', () => {
  const open = (state: 'waiting' | 'queued' | 'running', scheduledFor: Date) => ({
    open: { state, scheduledFor, reason: null },
  });

  test('when a run has not started a tenth of the period after it was due', () => {
    expect(judge(open('waiting', at('12:24:00')))[0]).toBe('healthy');
    expect(judge(open('queued', at('12:23:59')))).toEqual([
      'running-late',
      'The backup of 2026-11-22T12:23:59Z has not started, 6 minutes 1 second after it was due.',
    ]);
  });

  test('when a run goes on past its next due time', () => {
    expect(judge(open('running', at('12:00:00')))[0]).toBe('healthy');
    expect(judge(open('running', at('11:00:00')))).toEqual([
      'running-late',
      'The backup of 2026-11-22T11:00:00Z is still running, 1 hour 30 minutes after it was due and past its next due time.',
    ]);
  });

  test('when nobody took the last due time, which may still come', () => {
    expect(judge({ lastTickAt: at('11:00:00') }, at('12:06:00'))[0]).toBe('healthy');
    expect(judge({ lastTickAt: at('11:00:00') }, at('12:06:01'))).toEqual([
      'running-late',
      'It was due at 2026-11-22T12:00:00Z and nobody took it: is the scheduler running?',
    ]);
  });

  test('never by less than a minute', () => {
    const schedule = { kind: 'every', everySeconds: 10 } as const;
    const changes = { schedule, recoveryPointSeconds: 3600, lastTickAt: at('12:29:05') };
    expect(judge(changes)[0]).toBe('healthy');
    expect(judge({ ...changes, lastTickAt: at('12:28:40') })[0]).toBe('failing');
  });
});

test('a plan is unverified when a snapshot was not read for twice the period of verifications', () => {
  const verifySchedule = { kind: 'every', everySeconds: 86_400 } as const;
  const least = (ageMs: number, verified: boolean) => ({
    verifySchedule,
    leastVerified: { snapshot: '2026-11-01T000000Z', since: new Date(NOW.getTime() - ageMs), verified },
  });
  expect(judge(least(2 * DAY_MS, true))[0]).toBe('healthy');
  expect(judge(least(2 * DAY_MS + 1, true))).toEqual([
    'unverified',
    'Snapshot 2026-11-01T000000Z was last verified at 2026-11-20T12:29:59Z, 2 days ago; its schedule asks for that every 1 day.',
  ]);
  expect(judge(least(3 * DAY_MS, false))[1]).toMatch(/was never verified in 3 days;/);
  expect(judge({ ...least(3 * DAY_MS, false), verifySchedule: null })[0]).toBe('healthy');
});

describe('nights and weekends that a cron expression skips', () => {
  const schedule: Schedule = { kind: 'cron', cron: '0 9-17 * * 1-5', timezone: 'UTC' };
  const friday = new Date('2026-11-20T17:00:00Z');
  const facts: PlanHealthFacts = {
    ...well,
    ...{ schedule, lastTickAt: friday, dueFrom: new Date('2026-11-01T00:00:00Z') },
    lastEnded: { ...well.lastEnded!, scheduledFor: friday, endedAt: friday },
    newestGood: { snapshot: '2026-11-20T170001Z', committedAt: friday },
  };

  test.each(['2026-11-20T23:00:00Z', '2026-11-22T12:00:00Z', '2026-11-23T09:05:00Z'])(
    'break no promise by %s',
    (now) => {
      expect(judge(facts, new Date(now))[0]).toBe('healthy');
    },
  );

  test('give the run before them more time to start, as the start spread does', () => {
    const open = { state: 'waiting', scheduledFor: friday, reason: 'Waits for its place.' } as const;
    const before = {
      ...facts,
      open,
      lastEnded: { ...facts.lastEnded!, scheduledFor: new Date('2026-11-20T16:00:00Z') },
    };
    expect(judge(before, new Date('2026-11-20T17:30:00Z'))[0]).toBe('healthy');
    expect(judge(before, new Date('2026-11-21T00:00:00Z'))[0]).toBe('running-late');
  });

  test('do not hide that a Monday morning was not taken', () => {
    expect(judge(facts, new Date('2026-11-23T09:10:00Z'))[0]).toBe('running-late');
    expect(judge(facts, new Date('2026-11-23T10:10:00Z'))[0]).toBe('failing');
  });
});

test('whatever the facts, there is one state and one sentence that a person can read', () => {
  const instant = fc.date({ min: at('00:00:00'), max: at('13:00:00'), noInvalidDate: true });
  const orNull = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { nil: null });
  const reason = fc.constantFrom(null, 'Why.', 'why');
  const facts = fc.record({
    pausedAt: orNull(instant),
    dueFrom: instant,
    lastTickAt: orNull(instant),
    open: orNull(
      fc.record({ state: fc.constantFrom('waiting', 'queued', 'running'), scheduledFor: instant, reason }),
    ),
    lastEnded: orNull(
      fc.record({
        runId: fc.constant(well.lastEnded!.runId),
        state: fc.constantFrom('committed', 'partial', 'failed', 'missed'),
        ...{ scheduledFor: instant, endedAt: instant, reason },
      }),
    ),
    newestGood: orNull(fc.record({ snapshot: fc.constant('2026-11-22T120001Z'), committedAt: instant })),
  });
  fc.assert(
    fc.property(facts, (changes) => {
      const health = planHealth({ ...well, ...changes } as PlanHealthFacts, NOW);
      expect(PlanHealth.parse(health)).toEqual(health);
      expect(health.sentence).toMatch(/^[A-Z0-9][^]*[^.][.?]$/);
      if (changes.lastEnded?.state === 'failed' && !changes.pausedAt && !changes.newestGood)
        expect(health.state).toBe('failing');
    }),
  );
});
