import { decideStray, type Sighting } from './decide-stray.js';

const patience = {
  silenceMs: 30_000,
  offlineMs: 20_000,
  transitMs: 2000,
  reportMs: 10_000,
  inLineMs: 1_200_000,
};
const now = new Date('2026-11-22T10:00:00Z');
const ago = (seconds: number): Date => new Date(now.getTime() - seconds * 1000);
const kindOf = (run: Partial<Sighting['run']>, fields: Partial<Sighting> = {}): string =>
  decideStray(
    {
      run: { id: 'r', agentId: 'a', state: 'running', queuedAt: ago(3600), aliveAt: ago(1), ...run },
      agentOnline: true,
      agentNamesRun: false,
      standing: null,
      ...fields,
    },
    now,
    patience,
  ).kind;
const queued = (seconds: number) => ({ state: 'queued' as const, queuedAt: ago(seconds), aliveAt: null });

test('a running run is lost after 30 s of silence, after 20 s if its agent is away too', () => {
  expect(kindOf({ aliveAt: ago(29) })).toBe('leave');
  expect(kindOf({ aliveAt: ago(31) })).toBe('end attempt');
  expect(kindOf({ aliveAt: ago(19) }, { agentOnline: false })).toBe('leave');
  expect(kindOf({ aliveAt: ago(21) }, { agentOnline: false })).toBe('end attempt');
});

test('a run that its living agent names is never lost', () => {
  expect(kindOf({ aliveAt: ago(300) }, { agentNamesRun: true })).toBe('leave');
  expect(kindOf({ aliveAt: ago(300) }, { agentNamesRun: true, agentOnline: false })).toBe('end attempt');
});

test('a queued run without a job gets one, once the job had time to arrive', () => {
  expect(kindOf(queued(1), { standing: 'missing' })).toBe('leave');
  expect(kindOf(queued(3), { standing: 'missing' })).toBe('add job');
});

test('a job in line is taken back when its agent is away, or its ticket runs out', () => {
  expect(kindOf(queued(900), { standing: 'in line' })).toBe('leave');
  expect(kindOf(queued(21), { standing: 'in line', agentOnline: false })).toBe('take back');
  expect(kindOf(queued(1300), { standing: 'in line' })).toBe('take back');
});

test('a job that was taken or has ended without a word is an attempt that ended', () => {
  expect(kindOf(queued(60), { standing: 'taken' })).toBe('leave');
  expect(kindOf(queued(60), { standing: 'taken', agentOnline: false })).toBe('end attempt');
  expect(kindOf(queued(60), { standing: { overSince: ago(5) } })).toBe('leave');
  expect(kindOf(queued(60), { standing: { overSince: ago(11) } })).toBe('end attempt');
});
