import type { PlanTerms } from '@periodic-backup/ledger';
import { DueWatch } from './due-watch.js';

const noon = new Date('2026-11-22T12:00:00Z');
const one = new Date('2026-11-22T13:00:00Z');
const plan = (id: string, fingerprint = 'hourly'): PlanTerms => ({
  ...{ id, fingerprint },
  ...{ paused: false, verified: false, schedule: '{}' },
});
const idsOf = (plans: readonly PlanTerms[]): string[] => plans.map(({ id }) => id);

test('of every plan it is asked until it is settled, and again once it may be due', () => {
  const watch = new DueWatch();
  const plans = [plan('a'), plan('b')];
  expect(idsOf(watch.open(plans, noon))).toEqual(['a', 'b']);
  watch.settle(plan('a'), one);
  expect(idsOf(watch.open(plans, new Date(one.getTime() - 1)))).toEqual(['b']);
  expect(idsOf(watch.open(plans, one))).toEqual(['a', 'b']);
});

test('a plan that was changed, or made anew under its id, is asked of at once', () => {
  const watch = new DueWatch();
  watch.settle(plan('a'), one);
  expect(idsOf(watch.open([plan('a', 'daily')], noon))).toEqual(['a']);
  expect(watch.open([], noon)).toEqual([]);
  expect(idsOf(watch.open([plan('a')], noon))).toEqual(['a']);
});
