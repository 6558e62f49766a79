import type { PlanRow, VerifyHistory } from '@periodic-backup/ledger';
import { verifyDueAt } from './verify-schedules.js';

const now = new Date('2026-11-22T12:34:00Z');
const due = new Date('2026-11-22T12:00:00Z');
const longAgo = new Date('2026-01-01T00:00:00Z');
const since = new Date('2026-11-22T12:10:00Z');

function history(plan: Partial<PlanRow> = {}, known: Partial<VerifyHistory> = {}): VerifyHistory {
  return {
    plan: {
      id: 'plan-1',
      name: 'documents',
      agentId: 'laptop',
      sourceDir: '/srv/documents',
      excludes: [],
      afterTransmit: 'keep',
      backupDir: null,
      schedule: { kind: 'every', everySeconds: 60 },
      vaultId: 'vault-1',
      bandwidth: null,
      retention: null,
      recoveryPointSeconds: null,
      verifySchedule: { kind: 'every', everySeconds: 3600 },
      pausedAt: null,
      deletedAt: null,
      createdAt: longAgo,
      updatedAt: longAgo,
      dueFrom: longAgo,
      ...plan,
    },
    lastVerify: null,
    oldestSnapshot: longAgo,
    ...known,
  };
}

test('the latest due time is owed once', () => {
  expect(verifyDueAt(history(), now)).toEqual(due);
  expect(verifyDueAt(history({}, { lastVerify: new Date('2026-11-22T11:00:00Z') }), now)).toEqual(due);
  expect(verifyDueAt(history({}, { lastVerify: due }), now)).toBeNull();
  expect(verifyDueAt(history({}, { lastVerify: since }), now)).toBeNull();
});

test.each<[string, VerifyHistory]>([
  ['without a schedule', history({ verifySchedule: null })],
  ['while paused', history({ pausedAt: longAgo })],
  ['after the plan was deleted', history({ deletedAt: longAgo })],
  ['before the plan was changed', history({ updatedAt: since })],
  ['before the plan was resumed', history({ dueFrom: since })],
  ['without a snapshot', history({}, { oldestSnapshot: null })],
  ['before there was a snapshot', history({}, { oldestSnapshot: since })],
])('nothing is owed %s', (_when, of) => {
  expect(verifyDueAt(of, now)).toBeNull();
});
