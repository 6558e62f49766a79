import type { RunRow } from '@periodic-backup/ledger';
import { decideTick } from './decide-tick.js';

const run = (fields: Partial<RunRow>): RunRow =>
  ({
    id: 'r',
    trigger: 'schedule',
    attempts: 0,
    heldBack: false,
    reason: null,
    scheduledFor: new Date('2026-11-22T10:00:00Z'),
    ...fields,
  }) as RunRow;
const running = run({ state: 'running', attempts: 1 });
const waiting = run({ state: 'waiting', reason: 'Agent "a" is not online.' });

test('with nothing open a tick waits for its dispatch', () => {
  expect(decideTick({ active: null, waiting: null })).toEqual({
    state: 'waiting',
    reason: null,
    displaces: null,
  });
});

test('behind a run at work a tick waits and says for what', () => {
  expect(decideTick({ active: running, waiting: null })).toMatchObject({
    state: 'waiting',
    reason: 'The run of 2026-11-22T10:00:00Z has not ended yet.',
    displaces: null,
  });
});

test('a tick with one run at work and one behind it is missed', () => {
  expect(decideTick({ active: running, waiting })).toMatchObject({ state: 'missed' });
});

test('a scheduled run that could not start gives its place to the next tick', () => {
  expect(decideTick({ active: null, waiting })).toEqual({
    state: 'waiting',
    reason: null,
    displaces: {
      runId: 'r',
      reason: 'Could not start before the next due time: Agent "a" is not online.',
    },
  });
});

test('a run started by hand keeps its place', () => {
  expect(decideTick({ active: null, waiting: run({ ...waiting, trigger: 'manual' }) })).toEqual({
    state: 'missed',
    reason: 'The run started by hand at 2026-11-22T10:00:00Z was still waiting: Agent "a" is not online.',
  });
});

test('a run between two attempts keeps its place', () => {
  expect(decideTick({ active: null, waiting: run({ ...waiting, attempts: 2 }) })).toMatchObject({
    state: 'missed',
    reason: expect.stringMatching(/had yet to be tried again/) as string,
  });
});

test('a run that waits for nothing but its turn keeps its place', () => {
  const held = run({ ...waiting, heldBack: true, reason: 'Waits: vault "cellar" runs 8 of 8 at once.' });
  expect(decideTick({ active: null, waiting: held })).toEqual({
    state: 'missed',
    reason:
      'The run of 2026-11-22T10:00:00Z had not had its turn yet: Waits: vault "cellar" runs 8 of 8 at once.',
  });
});
