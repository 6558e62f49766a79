import { randomUUID } from 'node:crypto';
import {
  CursorError,
  countOpenRuns,
  countRunsSince,
  getRun,
  getVault,
  insertPlan,
  lastSuccesses,
  listAgents,
  listReceiverSettings,
  listRunProblems,
  listRuns,
  listSnapshots,
  listVaults,
  setReceiverSettings,
  upsertAgents,
} from '../src/index.js';
import { runProblems, snapshots, vaults } from '../src/schema.js';
import { addRun, openTestLedger, planInput, type TestLedger } from './open-test-ledger.js';

let testLedger: TestLedger;
beforeAll(async () => {
  testLedger = await openTestLedger();
});
afterEach(() => testLedger.clear());
afterAll(() => testLedger.stop());

const minute = (n: number): Date => new Date(Date.UTC(2026, 10, 22, 10, n));

test('pages of runs hold each once, newest first, though times coincide and runs are added', async () => {
  const { ledger } = testLedger;
  for (let n = 0; n < 12; n++) await addRun(ledger, { scheduledFor: minute(Math.floor(n / 4)) });
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listRuns(ledger, { limit: 5, cursor });
    seen.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor ?? undefined;
    await addRun(ledger, { scheduledFor: minute(59) });
  } while (cursor !== undefined);
  expect(new Set(seen).size).toBe(12);
  expect(seen).toHaveLength(12);
  await expect(listRuns(ledger, { limit: 5, cursor: 'AAAA' })).rejects.toThrow(CursorError);
});

test('runs are found by plan, states, kind and time, alone and together', async () => {
  const { ledger } = testLedger;
  const planId = randomUUID();
  const failed = await addRun(ledger, { planId, state: 'failed', scheduledFor: minute(1) });
  const missed = await addRun(ledger, { planId, state: 'missed', scheduledFor: minute(2) });
  const done = await addRun(ledger, { planId, scheduledFor: minute(3) });
  const drill = await addRun(ledger, { kind: 'drill', scheduledFor: minute(4) });
  const ids = async (filter: Partial<Parameters<typeof listRuns>[1]>): Promise<string[]> =>
    (await listRuns(ledger, { limit: 10, ...filter })).items.map(({ id }) => id);
  expect(await ids({})).toEqual([drill.id, done.id, missed.id, failed.id]);
  expect(await ids({ planId })).toEqual([done.id, missed.id, failed.id]);
  expect(await ids({ states: ['failed', 'missed', 'failed'] })).toEqual([missed.id, failed.id]);
  expect(await ids({ states: ['failed', 'missed'], limit: 1 })).toEqual([missed.id]);
  expect(await ids({ kind: 'drill' })).toEqual([drill.id]);
  expect(await ids({ since: minute(2), until: minute(4) })).toEqual([done.id, missed.id]);
  expect(await ids({ planId, states: ['failed', 'committed'], since: minute(2) })).toEqual([done.id]);
});

test('a run in the shape of the contracts adds up its attempts and names its plan', async () => {
  const { ledger } = testLedger;
  const plan = await insertPlan(ledger, planInput());
  const { id } = await addRun(ledger, {
    planId: plan.id,
    startedAt: minute(1),
    finishedAt: minute(3),
    bytesSentBefore: 5,
    bytesSent: 2 ** 40,
  });
  expect(await getRun(ledger, id)).toMatchObject({
    planName: 'documents',
    durationMs: 120_000,
    counts: { bytesSent: 2 ** 40 + 5 },
    connectedAt: null,
  });
  expect(await getRun(ledger, randomUUID())).toBeNull();
});

test('problems of a run come in order, page by page', async () => {
  const { ledger } = testLedger;
  const runId = randomUUID();
  const problem = (position: number) => ({
    runId,
    position,
    path: `/f${position}`,
    code: 'EACCES',
    message: 'no',
  });
  await ledger.insert(runProblems).values([2, 0, 1].map(problem));
  const first = await listRunProblems(ledger, runId, { limit: 2 });
  const second = await listRunProblems(ledger, runId, { limit: 2, cursor: first.nextCursor! });
  expect([...first.items, ...second.items].map(({ path }) => path)).toEqual(['/f0', '/f1', '/f2']);
  expect(second.nextCursor).toBeNull();
  await expect(listRunProblems(ledger, runId, { limit: 2, cursor: '-1' })).rejects.toThrow(CursorError);
});

test('snapshots come newest first and are counted per vault', async () => {
  const { ledger } = testLedger;
  const vault = {
    id: randomUUID(),
    name: 'attic',
    layout: 'folders' as const,
    publicKey: 'pem',
    firstSeenAt: minute(0),
  };
  await ledger.insert(vaults).values([vault, { ...vault, id: randomUUID(), firstSeenAt: minute(1) }]);
  const planId = randomUUID();
  const counts = {
    entries: 1,
    files: 1,
    bytes: 1,
    storedFiles: 1,
    storedBytes: 1,
    linkedFiles: 0,
    copiedFiles: 0,
    problems: 0,
  };
  for (const n of [1, 3, 2])
    await ledger.insert(snapshots).values({
      id: randomUUID(),
      planId: n === 3 ? randomUUID() : planId,
      vaultId: vault.id,
      runId: randomUUID(),
      snapshot: `2026-11-22T100${n}00Z`,
      manifestDigest: 'd',
      counts,
      committedAt: minute(n),
      agentId: 'laptop',
      agentFolder: 'laptop',
      planFolder: 'documents',
    });
  const first = await listSnapshots(ledger, { limit: 2 });
  const second = await listSnapshots(ledger, { limit: 2, cursor: first.nextCursor! });
  const names = [...first.items, ...second.items].map(({ snapshot }) => snapshot.slice(11));
  expect(names).toEqual(['100300Z', '100200Z', '100100Z']);
  expect((await listSnapshots(ledger, { limit: 9, planId })).items).toHaveLength(2);
  expect((await listVaults(ledger)).map((row) => row.snapshots)).toEqual([3, 0]);
  expect(await getVault(ledger, vault.id)).toMatchObject({ name: 'attic' });
});

test('an agent keeps its first sight, and an older heartbeat changes nothing', async () => {
  const { ledger } = testLedger;
  const laptop = { id: 'laptop', hostname: 'a', version: '1', seenAt: minute(1) };
  await upsertAgents(ledger, [laptop, { ...laptop, id: 'attic' }]);
  await upsertAgents(ledger, [{ ...laptop, hostname: 'b', seenAt: minute(5) }]);
  await upsertAgents(ledger, [{ ...laptop, hostname: 'c', seenAt: minute(2) }]);
  expect(await listAgents(ledger)).toMatchObject([
    { id: 'attic' },
    { id: 'laptop', hostname: 'b', firstSeenAt: minute(1), lastSeenAt: minute(5) },
  ]);
});

test('an agent that is still there and has nothing new to say is written down twice a minute', async () => {
  const { ledger } = testLedger;
  const laptop = { id: 'laptop', hostname: 'a', version: '1' };
  const after = (seconds: number): Date => new Date(minute(1).getTime() + seconds * 1000);
  const seen = async (seconds: number, changes: Partial<typeof laptop> = {}) => {
    await upsertAgents(ledger, [{ ...laptop, ...changes, seenAt: after(seconds) }]);
    return (await listAgents(ledger))[0]!.lastSeenAt;
  };
  expect(await seen(0)).toEqual(after(0));
  expect(await seen(10)).toEqual(after(0));
  expect(await seen(31)).toEqual(after(31));
  expect(await seen(33, { version: '2' })).toEqual(after(33));
});

test('the last word on a receiver counts, what it leaves out stays', async () => {
  const { ledger } = testLedger;
  await setReceiverSettings(ledger, 'r1', { draining: true });
  expect(await listReceiverSettings(ledger)).toMatchObject([{ maxClients: null, draining: true }]);
  await setReceiverSettings(ledger, 'r1', { maxClients: 3 });
  await setReceiverSettings(ledger, 'r1', { maxClients: 4 });
  expect(await listReceiverSettings(ledger)).toMatchObject([
    { receiverId: 'r1', maxClients: 4, draining: true },
  ]);
});

test('figures count open and recent runs and know the last success of each plan', async () => {
  const { ledger } = testLedger;
  const plan = await insertPlan(ledger, planInput());
  const fresh = await insertPlan(ledger, planInput({ name: 'fresh' }));
  await addRun(ledger, { planId: plan.id, scheduledFor: minute(1), finishedAt: minute(2) });
  await addRun(ledger, { planId: plan.id, scheduledFor: minute(3), finishedAt: minute(4) });
  await addRun(ledger, { planId: plan.id, scheduledFor: minute(5), state: 'failed', finishedAt: minute(6) });
  await addRun(ledger, { planId: plan.id, scheduledFor: minute(7), state: 'running' });
  expect(Object.fromEntries(await countOpenRuns(ledger))).toEqual({ running: 1 });
  expect(Object.fromEntries(await countRunsSince(ledger, minute(3)))).toEqual({
    committed: 1,
    failed: 1,
    running: 1,
  });
  const successes = new Map((await lastSuccesses(ledger)).map((row) => [row.planId, row.lastSuccessAt]));
  expect(successes.get(plan.id)).toEqual(minute(4));
  expect(successes.get(fresh.id)).toBeNull();
});
