import { Retention } from '@periodic-backup/contracts';
import { prunable, stillPrunable } from './prunable.js';

const now = new Date('2026-11-22T12:00:00Z');
const schedule = { kind: 'cron', cron: '0 3 * * *', timezone: 'Europe/Berlin' } as const;
const retention = Retention.parse({ last: 1, minimumAgeSeconds: 0 });
const plan = { retention, schedule };
const PRUNE = { kind: 'prune' as const, keepOnlyCopies: false };

function at(committedAt: string, changes: { pinned?: boolean; good?: boolean } = {}) {
  return { snapshot: committedAt.replaceAll(':', ''), committedAt, pinned: false, good: true, ...changes };
}

const first = at('2026-11-18T10:00:00Z');
const second = at('2026-11-19T10:00:00Z');
const pinned = at('2026-11-20T10:00:00Z', { pinned: true });
const newest = at('2026-11-21T10:00:00Z');
const all = [newest, pinned, second, first];
const names = (...snapshots: { snapshot: string }[]) => snapshots.map(({ snapshot }) => snapshot);

test('what the policy lets go, oldest first; without a policy nothing', () => {
  expect(prunable(plan, all, now)).toEqual(names(first, second));
  expect(prunable({ retention: null, schedule }, all, now)).toEqual([]);
});

test("days begin where the plan's schedule says", () => {
  const daily = { retention: Retention.parse({ daily: 2, minimumAgeSeconds: 0 }), schedule };
  const [lateEvening, afterMidnight] = [at('2026-11-20T22:30:00Z'), at('2026-11-20T23:30:00Z')];
  expect(prunable(daily, [lateEvening, afterMidnight], now)).toEqual([]);
  const inUtc = { ...daily, schedule: { kind: 'every', everySeconds: 3600 } as const };
  expect(prunable(inUtc, [lateEvening, afterMidnight], now)).toEqual(names(lateEvening));
});

test('of a removal by policy goes what the policy still lets go', () => {
  const task = { ...PRUNE, snapshots: names(first, pinned, newest) };
  expect(stillPrunable(task, all, plan, now)).toEqual(names(first));
  expect(stillPrunable(task, all, { retention: null, schedule }, now)).toEqual([]);
  expect(stillPrunable(task, [newest], plan, now)).toEqual([]);
});

test('of a removal by hand goes what was named, but for the pinned and the newest', () => {
  const task = { ...PRUNE, snapshots: names(second, pinned, newest) };
  expect(stillPrunable(task, all, null, now)).toEqual(names(second));
  expect(stillPrunable(task, [], null, now)).toEqual([]);
});
