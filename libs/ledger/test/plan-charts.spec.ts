import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import {
  insertPlan,
  readPlanCharts,
  readPlanStrips,
  readRunFacts,
  recordFailedAttempt,
  untakenTicks,
} from '../src/index.js';
import { plans } from '../src/schema.js';
import { addSnapshot } from './add-snapshot.js';
import { addRun, openTestLedger, planInput, type TestLedger } from './open-test-ledger.js';

let testLedger: TestLedger;
beforeAll(async () => {
  testLedger = await openTestLedger();
});
afterEach(() => testLedger.clear());
afterAll(() => testLedger.stop());

const minute = (n: number): Date => new Date(Date.UTC(2026, 10, 22, 10, n));
const everyMinute = { kind: 'every', everySeconds: 60 } as const;

async function addPlan(dueFrom: Date) {
  const { ledger } = testLedger;
  const plan = await insertPlan(ledger, planInput({ schedule: everyMinute }));
  await ledger.update(plans).set({ dueFrom }).where(eq(plans.id, plan.id));
  return plan;
}

describe('a strip', () => {
  it('shows the last due times with what became of each, oldest first', async () => {
    const { ledger } = testLedger;
    const { id: planId } = await addPlan(minute(0));
    for (const [n, state] of (['committed', 'partial', 'failed', 'missed', 'running'] as const).entries())
      await addRun(ledger, {
        ...{ planId, state, scheduledFor: minute(n), files: n, bytesStored: 10 * n, reason: state },
        ...{ startedAt: minute(n), finishedAt: state === 'running' ? null : minute(n + 1) },
      });
    await addRun(ledger, { planId, kind: 'verify', scheduledFor: minute(3), state: 'committed' });
    const [strip] = await readPlanStrips(ledger, [planId, randomUUID()], 4, minute(4));
    expect(strip?.cells).toMatchObject([
      {
        state: 'partial',
        files: 1,
        bytesStored: 10,
        durationMs: 60_000,
        scheduledFor: minute(1).toISOString(),
      },
      { state: 'failed', reason: 'failed' },
      { state: 'missed' },
      { state: 'running', durationMs: null },
    ]);
    expect(strip).toMatchObject({ lastSuccess: { finishedAt: minute(2).toISOString() }, failuresSince: 2 });
  });

  it('shows due times that nobody was there to take', async () => {
    const { ledger } = testLedger;
    const { id: planId } = await addPlan(minute(0));
    await addRun(ledger, { planId, state: 'committed', scheduledFor: minute(0), finishedAt: minute(1) });
    const [strip] = await readPlanStrips(ledger, [planId], 3, minute(10));
    expect(strip?.cells.map(({ state, runId, scheduledFor }) => [state, runId, scheduledFor])).toEqual(
      [7, 8, 9].map((n) => ['missed', null, minute(n).toISOString()]),
    );
    expect(strip?.failuresSince).toBe(3);
  });

  it('costs the same after a month in which nobody was there', () => {
    const owed = { schedule: everyMinute, pausedAt: null, dueFrom: new Date(0) };
    const started = performance.now();
    expect(untakenTicks(owed, null, { now: minute(0), limit: 30 })).toHaveLength(30);
    expect(performance.now() - started).toBeLessThan(100);
    const paused = { ...owed, pausedAt: minute(-60), dueFrom: minute(-62) };
    expect(untakenTicks(paused, null, { now: minute(0), limit: 30 })).toEqual([
      minute(-60),
      minute(-61),
      minute(-62),
    ]);
  });
});

describe('the figures of a plan', () => {
  it('are its runs one by one while there is room', async () => {
    const { ledger } = testLedger;
    const { id: planId } = await addPlan(minute(0));
    const { id: runId } = await addRun(ledger, {
      ...{ planId, state: 'committed', scheduledFor: minute(1), startedAt: minute(1), finishedAt: minute(3) },
      ...{ files: 7, bytesRead: 100, bytesSentBefore: 5, bytesSent: 20, bytesStored: 30, filesFailed: 0 },
    });
    await addRun(ledger, { planId, state: 'missed', scheduledFor: minute(2) });
    await addRun(ledger, { planId, state: 'running', scheduledFor: minute(3) });
    const points = await readPlanCharts(ledger, planId, { from: minute(0), to: minute(10), points: 10 });
    expect(points).toMatchObject([
      {
        runId,
        runs: 1,
        committed: 1,
        durationMs: 120_000,
        bytesRead: 100,
        bytesSent: 25,
        bytesStored: 30,
        files: 7,
      },
      { runs: 1, missed: 1, durationMs: null, files: null },
    ]);
  });

  it('stand for a stretch of time each when there are more runs than points', async () => {
    const { ledger } = testLedger;
    const { id: planId } = await addPlan(minute(0));
    for (let n = 0; n < 40; n++)
      await addRun(ledger, {
        ...{ planId, scheduledFor: minute(n), state: n % 10 === 9 ? 'failed' : 'committed', files: n },
        ...{ startedAt: minute(n), finishedAt: new Date(minute(n).getTime() + n * 1000) },
      });
    const points = await readPlanCharts(ledger, planId, { from: minute(0), to: minute(40), points: 4 });
    expect(points.map(({ runs, failed, longestMs }) => [runs, failed, longestMs])).toEqual([
      [10, 1, 8000],
      [10, 1, 18_000],
      [10, 1, 28_000],
      [10, 1, 38_000],
    ]);
    expect(points[0]).toMatchObject({
      from: minute(0).toISOString(),
      to: minute(9).toISOString(),
      files: 4,
      runId: null,
    });
  });
});

describe('what is known of a run', () => {
  it('names its failed attempts, the good run before it and its snapshot', async () => {
    const { ledger } = testLedger;
    const { id: planId } = await addPlan(minute(0));
    const { id: before } = await addRun(ledger, { planId, state: 'partial', scheduledFor: minute(0) });
    await addRun(ledger, { planId, state: 'failed', scheduledFor: minute(1) });
    const { id: runId } = await addRun(ledger, { planId, state: 'committed', scheduledFor: minute(2) });
    const error = { code: 'BUSY', message: 'No place.', retryable: true };
    const attempt = { id: runId, attempts: 1, receiverId: 'attic' };
    await recordFailedAttempt(ledger, attempt, error, minute(2));
    await recordFailedAttempt(ledger, attempt, { ...error, code: 'LATER' }, minute(3));
    const snapshotId = randomUUID();
    await addSnapshot(ledger, planId, minute(3), { id: snapshotId, runId });
    expect(await readRunFacts(ledger, runId)).toMatchObject({
      ...{ previous: { id: before }, snapshotId },
      failedAttempts: [{ attempt: 1, receiverId: 'attic', code: 'BUSY', endedAt: minute(2).toISOString() }],
    });
    expect(await readRunFacts(ledger, randomUUID())).toBeNull();
  });
});
