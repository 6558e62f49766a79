import { ASK_AGAIN_MS, refusedLately } from './refused-lately.js';

const [FIRST, SECOND] = ['2026-11-18T100000Z', '2026-11-19T100000Z'] as const;
const createdAt = new Date('2026-11-22T12:00:00Z');
const finishedAt = new Date('2026-11-22T12:01:00Z');
const before = new Date('2026-11-22T11:00:00Z');
const soon = new Date('2026-11-22T12:10:00Z');
const last = {
  state: 'partial' as const,
  task: { kind: 'prune' as const, snapshots: [FIRST, SECOND], keepOnlyCopies: false },
  taskResult: { kind: 'prune' as const, removed: [SECOND], kept: [{ snapshot: FIRST, reason: 'is read' }] },
  createdAt,
  finishedAt,
};

test('what the vault kept is not asked for again at once', () => {
  expect(refusedLately(last, before, soon)).toEqual(new Set([FIRST]));
});

test('it is after some hours, or when a newer snapshot is there', () => {
  expect(refusedLately(last, before, new Date(finishedAt.getTime() + ASK_AGAIN_MS + 1))).toEqual(new Set());
  expect(refusedLately(last, new Date('2026-11-22T12:05:00Z'), soon)).toEqual(new Set());
});

test('a removal that failed, or that somebody cancelled, is not begun again at once', () => {
  for (const state of ['failed', 'cancelled'] as const)
    expect(refusedLately({ ...last, state, taskResult: null }, before, soon)).toEqual(
      new Set([FIRST, SECOND]),
    );
});

test('the first removal of a plan is held back by nothing', () => {
  expect(refusedLately(null, before, soon)).toEqual(new Set());
});
