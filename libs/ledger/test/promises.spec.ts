import { randomUUID } from 'node:crypto';
import type { PlanInput } from '@periodic-backup/contracts';
import { insertPlan, readPlanPromises, readPromises, type PlanRow } from '../src/index.js';
import { addSnapshot } from './add-snapshot.js';
import { addRun, openTestLedger, planInput, type TestLedger } from './open-test-ledger.js';

let testLedger: TestLedger;
beforeAll(async () => {
  testLedger = await openTestLedger();
});
afterEach(() => testLedger.clear());
afterAll(() => testLedger.stop());

const at = (time: string): Date => new Date(`2026-11-22T${time}Z`);
const day = (now: Date) => ({ from: at('00:00:00'), to: new Date('2026-11-23T00:00:00Z'), now });

/** An hourly plan, owed since `dueFrom`. */
async function addPlan(dueFrom: Date, changes: Partial<PlanInput> = {}): Promise<PlanRow> {
  const { ledger } = testLedger;
  const row = await insertPlan(ledger, planInput(changes));
  await ledger.execute(
    `update plans set created_at = '${dueFrom.toISOString()}', due_from = '${dueFrom.toISOString()}' where id = '${row.id}'`,
  );
  return { ...row, dueFrom, createdAt: dueFrom };
}

test('what was expected is in exactly one state each, with the reasons of what was no success', async () => {
  const { ledger } = testLedger;
  const { id: planId } = await addPlan(at('00:30:00'));
  const run = (scheduledFor: Date, changes: Parameters<typeof addRun>[1]) =>
    addRun(ledger, { planId, scheduledFor, ...changes });
  await run(new Date('2026-11-21T23:00:00Z'), {});
  await run(at('01:00:00'), { startedAt: at('01:00:01'), finishedAt: at('01:05:59') });
  await run(at('02:00:00'), { finishedAt: at('02:06:01') });
  await run(at('03:00:00'), { state: 'partial', reason: 'One file left out.', finishedAt: at('03:01:00') });
  await run(at('04:00:00'), {
    state: 'failed',
    reason: 'No route.',
    startedAt: at('04:00:01'),
    finishedAt: at('04:50:00'),
  });
  await run(at('05:00:00'), { state: 'cancelled', reason: 'By hand.' });
  for (const hour of ['06', '07'])
    await run(at(`${hour}:00:00`), {
      state: 'missed',
      reason: `The run of 2026-11-22T${hour}:00:00Z was waiting.`,
    });
  await run(at('08:00:00'), { state: 'running', startedAt: at('08:00:02') });
  await run(at('08:30:00'), { trigger: 'manual', finishedAt: at('08:31:00') });
  await run(at('04:30:00'), { kind: 'verify' });
  await addRun(ledger, { planId: randomUUID(), scheduledFor: at('03:30:00') });
  const promises = (await readPlanPromises(ledger, planId, day(at('08:10:00'))))!;
  expect(promises).toMatchObject({
    ...{ expected: 8, committed: 2, partial: 1, failed: 1, cancelled: 1, missed: 2, open: 1 },
    ...{ started: 5, late: 1, byHand: 1, verified: 0 },
    from: '2026-11-22T00:00:00.000Z',
    to: '2026-11-23T00:00:00.000Z',
  });
  expect(promises.reasons).toEqual([
    { state: 'missed', reason: 'The run of … was waiting.', count: 2 },
    { state: 'cancelled', reason: 'By hand.', count: 1 },
    { state: 'failed', reason: 'No route.', count: 1 },
    { state: 'partial', reason: 'One file left out.', count: 1 },
  ]);
});

test('due times that nobody was there to take are missed, without a row, from when they are owed', async () => {
  const { ledger } = testLedger;
  const { id: planId } = await addPlan(at('02:00:00'));
  const missed = async (now: Date): Promise<[number, number, number]> => {
    const { expected, missed: count, open } = (await readPlanPromises(ledger, planId, day(now)))!;
    return [expected, count, open];
  };
  expect(await missed(at('05:30:00'))).toEqual([4, 4, 0]);
  expect(await missed(at('05:03:00'))).toEqual([4, 3, 1]);
  await addRun(ledger, { planId, scheduledFor: at('03:00:00'), finishedAt: at('03:01:00') });
  expect(await missed(at('05:30:00'))).toEqual([3, 2, 0]);
  expect((await readPlanPromises(ledger, planId, day(at('05:30:00'))))!.reasons).toEqual([
    { state: 'missed', reason: 'Nobody was there to take it when it was due.', count: 2 },
  ]);
  await ledger.execute(`update plans set paused_at = '2026-11-22T04:30:00Z' where id = '${planId}'`);
  expect(await missed(at('05:30:00'))).toEqual([2, 1, 0]);
});

test('a period ends before its last instant, and knows nothing of the future', async () => {
  const { ledger } = testLedger;
  const { id } = await addPlan(at('00:00:00'));
  const expected = async (from: Date, to: Date): Promise<number> =>
    (await readPlanPromises(ledger, id, { from, to, now: at('12:00:00') }))!.expected;
  expect(await expected(at('01:00:00'), at('03:00:00'))).toBe(2);
  expect(await expected(at('11:00:00'), at('20:00:00'))).toBe(2);
  expect(await expected(at('13:00:00'), at('20:00:00'))).toBe(0);
});

test('the longest gap is between good snapshots, with the open one up to now', async () => {
  const { ledger } = testLedger;
  const { id: planId } = await addPlan(new Date('2026-11-20T00:00:00Z'));
  const gap = async (now: Date, from = at('00:00:00')): Promise<number> =>
    (await readPlanPromises(ledger, planId, { ...day(now), from }))!.longestGapSeconds! / 3600;
  expect(await gap(at('06:00:00'))).toBe(54);
  await addSnapshot(ledger, planId, new Date('2026-11-21T23:00:00Z'));
  expect(await gap(at('06:00:00'))).toBe(7);
  await addSnapshot(ledger, planId, at('04:00:00'), { removedAt: at('05:00:00') });
  await addSnapshot(ledger, planId, at('05:00:00'));
  expect(await gap(at('06:00:00'))).toBe(5);
  expect(await gap(at('11:00:00'))).toBe(6);
  await addSnapshot(ledger, planId, at('07:00:00'), {
    damages: [{ snapshot: 'x', path: null, what: 'bad' }],
  });
  expect(await gap(at('11:00:00'))).toBe(6);
  expect(await gap(at('11:00:00'), at('08:00:00'))).toBe(6);
});

test('the recovery point held is the age of the newest good snapshot that is still there', async () => {
  const { ledger } = testLedger;
  const { id: planId } = await addPlan(at('00:00:00'));
  const held = async () => (await readPlanPromises(ledger, planId, day(at('09:00:00'))))!.recoveryPoint;
  expect(await held()).toMatchObject({ heldSeconds: null, promisedSeconds: 7200, broken: true });
  const good = await addSnapshot(ledger, planId, at('07:30:00'), { verifiedAt: at('08:00:00') });
  await addSnapshot(ledger, planId, at('08:00:00'), {
    damages: [{ snapshot: 'x', path: null, what: 'bad' }],
  });
  await addSnapshot(ledger, planId, at('08:30:00'), { removedAt: at('08:40:00') });
  expect(await held()).toMatchObject({ snapshot: good, heldSeconds: 5400, broken: false });
  expect(await readPlanPromises(ledger, planId, day(at('09:00:00')))).toMatchObject({ verified: 1 });
});

test('an overview adds up all live plans, and pages hold each once', async () => {
  const { ledger } = testLedger;
  for (const [n, name] of ['a', 'b', 'c', 'd'].entries()) {
    const { id: planId } = await addPlan(at(`0${n}:00:00`), { name });
    await addRun(ledger, { planId, scheduledFor: at('08:00:00'), finishedAt: at('08:01:00') });
    await addSnapshot(ledger, planId, at('08:01:00'), { verifiedAt: at('08:30:00') });
    if (name === 'd') await ledger.execute(`update plans set deleted_at = now() where id = '${planId}'`);
    if (name >= 'c')
      await addRun(ledger, { planId, scheduledFor: at('09:00:00'), state: 'failed', reason: 'No.' });
  }
  const period = day(at('10:50:00'));
  const first = await readPromises(ledger, { limit: 2 }, period);
  expect(first).toMatchObject({
    ...{ plans: 3, plansBroken: 3 },
    totals: { expected: 9, committed: 3, failed: 1, missed: 5, open: 0, verified: 3 },
    reasons: [
      { state: 'missed', count: 5 },
      { state: 'failed', reason: 'No.', count: 1 },
    ],
  });
  const second = await readPromises(ledger, { limit: 2, cursor: first.nextCursor! }, period);
  expect([...first.items, ...second.items].map(({ planName }) => planName)).toEqual(['a', 'b', 'c']);
  expect(second.nextCursor).toBeNull();
  expect(second.items[0]).toMatchObject({ expected: 3, missed: 1, failed: 1, longestGapSeconds: 21_660 });
});
