import { sql } from 'drizzle-orm';
import {
  alertPlanFacts,
  closeWithReceipt,
  endRun,
  insertPlan,
  lastSuccesses,
  noteRemoval,
  noteVerification,
  planHealthFacts,
  queueRun,
  renewStandings,
  type Ledger,
} from '../src/index.js';
import { addSnapshot } from './add-snapshot.js';
import { addRun, openTestLedger, planInput, type TestLedger } from './open-test-ledger.js';

let testLedger: TestLedger;
beforeAll(async () => {
  testLedger = await openTestLedger();
});
afterEach(() => testLedger.clear());
afterAll(() => testLedger.stop());

const at = (time: string): Date => new Date(`2026-11-22T${time}Z`);
const NO_COUNTS = { entries: 0, files: 0, bytesRead: 0, bytesSent: 0, bytesStored: 0, filesFailed: 0 };

/** All that is read out of standings. */
function factsOf(ledger: Ledger) {
  return Promise.all([alertPlanFacts(ledger), planHealthFacts(ledger), lastSuccesses(ledger)]);
}

async function marks(): Promise<number> {
  const { rows } = await testLedger.ledger.execute<{ n: number }>(
    sql`select count(*)::int as n from plan_marks`,
  );
  return rows[0]!.n;
}

/** The same facts, worked out on the spot. */
async function freshFactsOf(ledger: Ledger) {
  await ledger.execute(sql`truncate plan_standings`);
  return factsOf(ledger);
}

test('what is read is the same whether it was worked out before a change, after it, or never', async () => {
  const { ledger } = testLedger;
  const verifySchedule = { kind: 'every', everySeconds: 3600 } as const;
  const { id: planId } = await insertPlan(ledger, planInput({ verifySchedule }));
  const other = await insertPlan(ledger, planInput({ name: 'pictures' }));
  const changes: (() => Promise<unknown>)[] = [
    () => addRun(ledger, { planId, scheduledFor: at('08:00:00'), finishedAt: at('08:01:00') }),
    () => addSnapshot(ledger, planId, at('08:01:00')),
    () => addSnapshot(ledger, planId, at('09:01:00')),
    () =>
      addRun(ledger, { planId, scheduledFor: at('09:00:00'), state: 'missed', reason: 'Nobody was there.' }),
    () =>
      addRun(ledger, { planId: other.id, scheduledFor: at('09:00:00'), state: 'partial', reason: 'One.' }),
    async () => {
      const run = await addRun(ledger, { planId, scheduledFor: at('10:00:00'), state: 'waiting' });
      await queueRun(ledger, { runId: run.id, epoch: 1 }, at('10:00:01'));
      await endRun(ledger, run.id, { state: 'failed', reason: 'No route.' });
    },
    () => noteVerification(ledger, [planId], verificationOf('2026-11-22T080100Z'), at('10:30:00')),
    () => noteRemoval(ledger, [planId], ['2026-11-22T090100Z'], at('10:40:00')),
    async () => {
      const run = await addRun(ledger, { planId, scheduledFor: at('11:00:00'), state: 'running' });
      const receipt = receiptOf(run.id, planId);
      await closeWithReceipt(ledger, receipt, { state: 'committed', reason: null, counts: NO_COUNTS });
    },
    () => ledger.execute(sql`update runs set state = 'failed' where plan_id = ${other.id}`),
    () => ledger.execute(sql`delete from snapshots where plan_id = ${planId} and damages is not null`),
    () => ledger.execute(sql`delete from runs where plan_id = ${planId} and state = 'committed'`),
  ];
  for (const change of changes) {
    while ((await renewStandings(ledger, 10)) > 0);
    expect(await marks()).toBe(0);
    await change();
    expect(await marks()).toBeGreaterThan(0);
    const whileMarked = await factsOf(ledger);
    while ((await renewStandings(ledger, 10)) > 0);
    const renewed = await factsOf(ledger);
    expect(renewed).toEqual(whileMarked);
    expect(await freshFactsOf(ledger)).toEqual(renewed);
  }
});

test('what changes nothing that is read leaves no mark', async () => {
  const { ledger } = testLedger;
  const { id: planId } = await insertPlan(ledger, planInput());
  const run = await addRun(ledger, { planId, state: 'waiting' });
  while ((await renewStandings(ledger, 10)) > 0);
  await queueRun(ledger, { runId: run.id, epoch: 1 }, at('10:00:00'));
  await addRun(ledger, { planId, kind: 'verify', scheduledFor: at('10:00:00') });
  expect(await marks()).toBe(0);
});

test('a change that is not committed yet keeps its mark', async () => {
  const { ledger } = testLedger;
  const { id: planId } = await insertPlan(ledger, planInput());
  await addRun(ledger, { planId, scheduledFor: at('08:00:00') });
  await ledger.transaction(async (transaction) => {
    await addRun(transaction, { planId, scheduledFor: at('09:00:00') });
    expect(await renewStandings(ledger, 10)).toBe(1);
    expect((await planHealthFacts(ledger))[0]!.lastTickAt).toEqual(at('08:00:00'));
  });
  expect((await planHealthFacts(ledger))[0]!.lastTickAt).toEqual(at('09:00:00'));
  expect(await renewStandings(ledger, 10)).toBe(1);
});

test('of several that renew at once each plan is done by one', async () => {
  const { ledger } = testLedger;
  for (let n = 0; n < 20; n++) {
    const plan = await insertPlan(ledger, planInput({ name: `plan ${n}` }));
    await addRun(ledger, { planId: plan.id });
  }
  const done = await Promise.all([1, 2, 3, 4].map(() => renewStandings(ledger, 100)));
  expect(done.reduce((sum, plans) => sum + plans, 0)).toBe(20);
});

function verificationOf(snapshot: string): Parameters<typeof noteVerification>[2] {
  return {
    kind: 'verify',
    verified: [],
    damages: [{ snapshot, path: null, what: 'gone' }],
    damageCount: 1,
  } as unknown as Parameters<typeof noteVerification>[2];
}

function receiptOf(runId: string, planId: string): Parameters<typeof closeWithReceipt>[1] {
  const counts = { entries: 5, files: 4, bytes: 4000, storedFiles: 1, storedBytes: 100 };
  return {
    ...{ v: 1, runId, planId, epoch: 1, agentId: 'laptop', vaultId: planId, previous: null },
    snapshot: '2026-11-22T110100Z',
    manifestDigest: '',
    counts: { ...counts, linkedFiles: 0, copiedFiles: 0, problems: 0 },
    committedAt: at('11:01:00').toISOString(),
    signature: '',
  } as unknown as Parameters<typeof closeWithReceipt>[1];
}
