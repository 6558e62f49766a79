import { randomUUID } from 'node:crypto';
import {
  deletePlan,
  getRunRequest,
  getStartRequest,
  insertPlan,
  pausePlan,
  requestCancel,
  requestStart,
  unansweredCancels,
  unansweredStarts,
} from '../src/index.js';
import { addRun, openTestLedger, planInput, type TestLedger } from './open-test-ledger.js';

let testLedger: TestLedger;
beforeAll(async () => {
  testLedger = await openTestLedger();
});
afterEach(() => testLedger.clear());
afterAll(() => testLedger.stop());

test('a wish for a run stays unanswered until the run exists', async () => {
  const { ledger } = testLedger;
  const plan = await insertPlan(ledger, planInput());
  const answer = await requestStart(ledger, plan.id);
  if (answer.outcome !== 'requested') throw new Error(answer.outcome);
  const [open] = await unansweredStarts(ledger);
  expect(open).toMatchObject({ id: answer.requestId, kind: 'start', planId: plan.id, runId: answer.runId });
  expect(await getRunRequest(ledger, answer.requestId)).toEqual(open);
  expect(await getStartRequest(ledger, answer.runId)).toEqual(open);
  await addRun(ledger, { id: answer.runId, planId: plan.id, state: 'queued', trigger: 'manual' });
  expect(await unansweredStarts(ledger)).toEqual([]);
});

test('of wishes for one plan at once, one counts and the others are told of its run', async () => {
  const { ledger } = testLedger;
  const plan = await insertPlan(ledger, planInput());
  const answers = await Promise.all([1, 2, 3, 4].map(() => requestStart(ledger, plan.id)));
  expect(answers.filter(({ outcome }) => outcome === 'requested')).toHaveLength(1);
  expect(new Set(answers.map((answer) => 'runId' in answer && answer.runId)).size).toBe(1);
});

test('a plan whose run waits gets no second one, a plan whose run is under way does', async () => {
  const { ledger } = testLedger;
  const plan = await insertPlan(ledger, planInput());
  await addRun(ledger, { planId: plan.id, state: 'running' });
  expect(await requestStart(ledger, plan.id)).toMatchObject({ outcome: 'requested' });
  const other = await insertPlan(ledger, planInput({ name: 'other' }));
  const waiting = await addRun(ledger, { planId: other.id, state: 'waiting' });
  expect(await requestStart(ledger, other.id)).toEqual({ outcome: 'waiting', runId: waiting.id });
});

test('a paused plan can be run, a deleted one cannot', async () => {
  const { ledger } = testLedger;
  const plan = await insertPlan(ledger, planInput());
  await pausePlan(ledger, plan.id);
  expect(await requestStart(ledger, plan.id)).toMatchObject({ outcome: 'requested' });
  await deletePlan(ledger, plan.id);
  expect(await requestStart(ledger, plan.id)).toEqual({ outcome: 'no-plan' });
});

test('a cancel is answered by the end of its run', async () => {
  const { ledger } = testLedger;
  const [running, ended] = [
    await addRun(ledger, { state: 'running' }),
    await addRun(ledger, { state: 'failed' }),
  ];
  await requestCancel(ledger, { runId: running.id, planId: running.planId });
  await requestCancel(ledger, { runId: ended.id, planId: ended.planId });
  await requestCancel(ledger, { runId: randomUUID(), planId: randomUUID() });
  expect((await unansweredCancels(ledger)).map(({ runId }) => runId)).toEqual([running.id]);
});
