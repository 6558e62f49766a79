import type { TaskResult } from '@periodic-backup/contracts';
import { taskOutcome } from './task-outcome.js';

const [OLD, MID, NEW] = ['2026-11-20T100000Z', '2026-11-21T100000Z', '2026-11-22T100000Z'] as const;
const restored: TaskResult = {
  kind: 'restore',
  created: 3,
  overwritten: 0,
  skipped: 1,
  renamed: 0,
  unchanged: 0,
  plan: [],
};
const damage = (snapshot: string) => ({ snapshot, path: 'a', what: 'its bytes differ' });

function verified(damages: readonly ReturnType<typeof damage>[], damageCount = damages.length): TaskResult {
  return { kind: 'verify', verified: [], filesRead: 1, bytesRead: 1, damages: [...damages], damageCount };
}

test('what was all done is committed, files skipped by rule included', () => {
  expect(taskOutcome(restored, 0)).toEqual({ state: 'committed', reason: null });
  expect(taskOutcome(verified([]), 0).state).toBe('committed');
  expect(taskOutcome({ kind: 'prune', removed: [OLD], kept: [] }, 0).state).toBe('committed');
});

test.each<[string, TaskResult, number, string]>([
  ['one problem', restored, 1, 'One path could not be restored as it should.'],
  ['problems', restored, 3, '3 paths could not be restored as they should.'],
  ['one damage', verified([damage(OLD)]), 0, `One damage was found in ${OLD}.`],
  [
    'more damages than are listed',
    verified([damage(NEW), damage(OLD), damage(MID)], 5000),
    0,
    `5000 damages were found in ${OLD}, ${MID} and 1 more.`,
  ],
  [
    'a kept snapshot',
    { kind: 'prune', removed: [], kept: [{ snapshot: OLD, reason: 'it is being read' }] },
    0,
    `One snapshot was kept. ${OLD}: it is being read.`,
  ],
])('%s makes it partial and says so', (_what, result, problems, reason) => {
  expect(taskOutcome(result, problems)).toEqual({ state: 'partial', reason });
});
