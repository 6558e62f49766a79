import { randomUUID } from 'node:crypto';
import { planHealth } from '@periodic-backup/contracts';
import { insertPlan, pausePlan, planHealthFacts } from '../src/index.js';
import { addSnapshot } from './add-snapshot.js';
import { addRun, openTestLedger, planInput, type TestLedger } from './open-test-ledger.js';

let testLedger: TestLedger;
beforeAll(async () => {
  testLedger = await openTestLedger();
});
afterEach(() => testLedger.clear());
afterAll(() => testLedger.stop());

const at = (time: string): Date => new Date(`2026-11-22T${time}Z`);

test('a plan of which nothing is known has no facts but its own', async () => {
  const { ledger } = testLedger;
  const plan = await insertPlan(ledger, planInput());
  expect(await planHealthFacts(ledger)).toEqual([
    {
      planId: plan.id,
      planName: 'documents',
      agentId: 'laptop',
      createdAt: plan.createdAt,
      schedule: plan.schedule,
      verifySchedule: null,
      recoveryPointSeconds: null,
      pausedAt: null,
      dueFrom: plan.dueFrom,
      ...{
        lastTickAt: null,
        open: null,
        lastEnded: null,
        newestGood: null,
        damaged: null,
        leastVerified: null,
      },
    },
  ]);
});

test('the newest of everything is found, whatever lies in its way', async () => {
  const { ledger } = testLedger;
  const verifySchedule = { kind: 'every', everySeconds: 3600 } as const;
  const { id: planId } = await insertPlan(ledger, planInput({ verifySchedule }));
  const run = (scheduledFor: Date, changes: Parameters<typeof addRun>[1]) =>
    addRun(ledger, { planId, scheduledFor, ...changes });
  await run(at('08:00:00'), { finishedAt: at('08:01:00') });
  const failed = await run(at('09:00:00'), { state: 'failed', reason: 'No.', finishedAt: at('09:02:00') });
  await run(at('10:00:00'), { state: 'cancelled' });
  await run(at('10:30:00'), { kind: 'verify' });
  await run(at('11:00:00'), { state: 'running' });
  await run(at('11:30:00'), { state: 'waiting', trigger: 'manual', reason: 'It waits.' });
  await addSnapshot(ledger, planId, at('08:01:00'), { verifiedAt: at('10:00:00') });
  const least = await addSnapshot(ledger, planId, at('08:20:00'), {
    verifiedAt: at('09:00:00'),
    damages: [],
  });
  const good = await addSnapshot(ledger, planId, at('09:30:00'));
  const damage = { path: null, what: 'gone' };
  const damaged = await addSnapshot(ledger, planId, at('10:10:00'), {
    damages: [{ snapshot: 'x', ...damage }],
  });
  await addSnapshot(ledger, planId, at('10:20:00'), { removedAt: at('10:30:00') });
  await addSnapshot(ledger, randomUUID(), at('10:25:00'));
  expect((await planHealthFacts(ledger, [planId]))[0]).toMatchObject({
    lastTickAt: at('11:00:00'),
    open: { state: 'running', scheduledFor: at('11:00:00') },
    lastEnded: {
      ...{ runId: failed.id, state: 'failed', reason: 'No.' },
      ...{ scheduledFor: at('09:00:00'), endedAt: at('09:02:00') },
    },
    newestGood: { snapshot: good, committedAt: at('09:30:00') },
    damaged: { snapshots: 1, newest: damaged },
    leastVerified: { snapshot: least, since: at('09:00:00'), verified: true },
  });
});

test('who has just asked for verifications is given time for the first', async () => {
  const { ledger } = testLedger;
  const verifySchedule = { kind: 'every', everySeconds: 3600 } as const;
  const { id, updatedAt } = await insertPlan(ledger, planInput({ verifySchedule }));
  const snapshot = await addSnapshot(ledger, id, at('08:00:00'));
  const least = async () => (await planHealthFacts(ledger))[0]!.leastVerified;
  expect(await least()).toEqual({ snapshot, since: updatedAt, verified: false });
  await ledger.execute(`update plans set updated_at = '2026-01-01T00:00:00Z'`);
  expect(await least()).toEqual({ snapshot, since: at('08:00:00'), verified: false });
});

test('only the plans asked for are read, and deleted ones never', async () => {
  const { ledger } = testLedger;
  const first = await insertPlan(ledger, planInput({ name: 'a' }));
  const second = await insertPlan(ledger, planInput({ name: 'b' }));
  await ledger.execute(`update plans set deleted_at = now() where id = '${second.id}'`);
  const ids = async (...asked: string[][]): Promise<string[]> =>
    (await planHealthFacts(ledger, ...asked)).map(({ planId }) => planId);
  expect(await ids()).toEqual([first.id]);
  expect(await ids([second.id])).toEqual([]);
  expect(await ids([])).toEqual([]);
});

test('facts of the ledger make a judgement', async () => {
  const { ledger } = testLedger;
  const { id } = await insertPlan(ledger, planInput());
  const state = async (): Promise<string> =>
    planHealth((await planHealthFacts(ledger))[0]!, new Date()).state;
  expect(await state()).toBe('never-run');
  await addSnapshot(ledger, id, new Date());
  await addRun(ledger, { planId: id, scheduledFor: new Date(), finishedAt: new Date() });
  expect(await state()).toBe('healthy');
  await pausePlan(ledger, id);
  expect(await state()).toBe('paused');
});
