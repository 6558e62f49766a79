import { randomUUID } from 'node:crypto';
import type { Plan } from '@periodic-backup/contracts';
import { describe, expect, it } from '@jest/globals';
import { wantedPlan, type PlanWishes } from './wanted-plan.js';

const place = { agentId: 'laptop', vaultId: randomUUID() };
const nothing: PlanWishes = {
  schedule: undefined,
  afterTransmit: undefined,
  backupDir: undefined,
  excludes: undefined,
};
const plan = (changes: Partial<Plan> = {}): Plan => ({
  ...place,
  id: randomUUID(),
  name: 'docs',
  sourceDir: '/home/me/docs',
  excludes: ['*.tmp'],
  afterTransmit: 'move',
  backupDir: '/sent',
  schedule: { kind: 'every', everySeconds: 60 },
  bandwidth: null,
  retention: null,
  recoveryPointSeconds: null,
  verifySchedule: null,
  pausedAt: null,
  createdAt: '2026-11-22T11:05:00.000Z',
  updatedAt: '2026-11-22T11:05:00.000Z',
  nextDueAt: null,
  ...changes,
});
const wanted = (wishes: Partial<PlanWishes>, existing: Plan[], sourceDir = '/home/me/docs', many = false) =>
  wantedPlan(sourceDir, { ...nothing, ...wishes }, place, existing, undefined, many);

describe('wantedPlan', () => {
  it('gives a new plan the defaults', () => {
    expect(wanted({}, [])).toEqual({
      ...place,
      name: 'docs',
      sourceDir: '/home/me/docs',
      excludes: [],
      afterTransmit: 'keep',
      backupDir: null,
      bandwidth: null,
      retention: null,
      recoveryPointSeconds: null,
      verifySchedule: null,
      schedule: { kind: 'every', everySeconds: 3600 },
    });
  });

  it('finds a plan again by its source, even under a name given elsewhere, and keeps what was not asked for', () => {
    const existing = plan({ name: 'my documents' });
    const { id, pausedAt, createdAt, updatedAt, nextDueAt, ...input } = existing;
    expect([id, pausedAt, createdAt, updatedAt, nextDueAt]).toBeDefined();
    expect(wanted({}, [existing])).toEqual(input);
  });

  it('changes what was asked for', () => {
    const schedule = { kind: 'every', everySeconds: 900 } as const;
    expect(wanted({ schedule, afterTransmit: 'keep' }, [plan()])).toMatchObject({
      schedule,
      afterTransmit: 'keep',
      backupDir: null,
      bandwidth: null,
      retention: null,
      recoveryPointSeconds: null,
      verifySchedule: null,
      excludes: ['*.tmp'],
    });
  });

  it('gives two sources of one base name two plans', () => {
    expect(wanted({}, [plan()], '/srv/docs').name).toBe('docs-2');
  });

  it('starts a plan of its own for another vault and leaves other agents alone', () => {
    expect(wanted({}, [plan({ vaultId: randomUUID() })]).name).toBe('docs-2');
    expect(wanted({}, [plan({ agentId: 'server' })]).name).toBe('docs');
  });

  it('gives each of several sources its own folder of the backup directory', () => {
    const wishes = { afterTransmit: 'copy', backupDir: '/sent' } as const;
    expect(wanted(wishes, [], '/a', true).backupDir).toBe('/sent/a');
    expect(wanted(wishes, [], '/a', false).backupDir).toBe('/sent');
  });
});
