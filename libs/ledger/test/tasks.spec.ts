import { randomUUID } from 'node:crypto';
import type { Receipt, Task, VerifyTask } from '@periodic-backup/contracts';
import {
  activeRuns,
  activeTasks,
  addTaskRun,
  countOpenRuns,
  deletePlan,
  findTaskTarget,
  planIdsAt,
  getStartRequest,
  insertPlan,
  listSnapshots,
  noteRemoval,
  noteVerification,
  pinSnapshot,
  recordSnapshot,
  requestStart,
  requestTask,
  runningOnAgent,
  snapshotsForRetention,
  vaultRooms,
  setVaultLimits,
  verifyHistoryOf,
} from '../src/index.js';
import { addRun, openTestLedger, planInput, type TestLedger } from './open-test-ledger.js';

let testLedger: TestLedger;
beforeAll(async () => {
  testLedger = await openTestLedger();
});
afterEach(() => testLedger.clear());
afterAll(() => testLedger.stop());

const [OLD, NEW] = ['2026-11-20T100000Z', '2026-11-21T100000Z'] as const;
const VERIFY: VerifyTask = { kind: 'verify', snapshots: null, bytesPerSecond: null };
const RESTORE: Task = {
  kind: 'restore',
  snapshot: OLD,
  agentId: 'desktop',
  paths: null,
  destination: '/srv/restored',
  conflict: 'fail',
  dryRun: false,
};

function receipt(planId: string, snapshot: string, changes: Partial<Receipt> = {}): Receipt {
  return {
    v: 1,
    runId: randomUUID(),
    epoch: 1,
    agentId: 'laptop',
    planId,
    vaultId: randomUUID(),
    snapshot,
    previous: null,
    manifestDigest: 'ab'.repeat(32),
    counts: {
      entries: 1,
      files: 1,
      bytes: 1,
      storedFiles: 1,
      storedBytes: 1,
      linkedFiles: 0,
      copiedFiles: 0,
      problems: 0,
    },
    committedAt: `${snapshot.slice(0, 10)}T10:00:00.000Z`,
    signature: 'x',
    ...changes,
  };
}

async function snapshotsOf(planId: string) {
  return (await listSnapshots(testLedger.ledger, { planId, limit: 10 })).items;
}

test('of wishes for one verification at once, one counts and the others are told of its run', async () => {
  const { ledger } = testLedger;
  const plan = await insertPlan(ledger, planInput());
  const answers = await Promise.all([1, 2, 3, 4].map(() => requestTask(ledger, plan.id, VERIFY)));
  expect(answers.filter(({ outcome }) => outcome === 'requested')).toHaveLength(1);
  const runIds = new Set(answers.map((answer) => 'runId' in answer && answer.runId));
  expect(runIds.size).toBe(1);
  expect((await getStartRequest(ledger, [...runIds][0] as string))?.task).toEqual(VERIFY);
});

test('restores stand beside each other, and a wish for a task is none for a backup', async () => {
  const { ledger } = testLedger;
  const plan = await insertPlan(ledger, planInput());
  for (let n = 0; n < 2; n++) expect((await requestTask(ledger, plan.id, RESTORE)).outcome).toBe('requested');
  expect((await requestStart(ledger, plan.id)).outcome).toBe('requested');
  expect((await requestTask(ledger, plan.id, VERIFY)).outcome).toBe('requested');
});

test('one that runs answers the same wish; another wish waits behind it, and a third is told of that', async () => {
  const { ledger } = testLedger;
  const plan = await insertPlan(ledger, planInput());
  const running = await addRun(ledger, { planId: plan.id, kind: 'verify', state: 'running', task: VERIFY });
  const same = { outcome: 'open', runId: running.id, sameTask: true };
  expect(await requestTask(ledger, plan.id, VERIFY)).toEqual(same);
  const behind = await requestTask(ledger, plan.id, { ...VERIFY, snapshots: [OLD] });
  if (behind.outcome !== 'requested') throw new Error(behind.outcome);
  expect(await requestTask(ledger, plan.id, { ...VERIFY, snapshots: [NEW] })).toEqual({
    outcome: 'open',
    runId: behind.runId,
    sameTask: false,
  });
});

test('a task needs a plan, be it deleted, or a snapshot that is there', async () => {
  const { ledger } = testLedger;
  expect(await requestTask(ledger, randomUUID(), RESTORE)).toEqual({ outcome: 'no-plan' });
  const plan = await insertPlan(ledger, planInput());
  await deletePlan(ledger, plan.id);
  expect((await requestTask(ledger, plan.id, RESTORE)).outcome).toBe('requested');
  const gone = randomUUID();
  await recordSnapshot(ledger, receipt(gone, OLD), { agentFolder: 'a', planFolder: 'b' });
  expect((await requestTask(ledger, gone, VERIFY)).outcome).toBe('requested');
  await noteRemoval(ledger, [gone], [OLD], new Date());
  expect(await requestTask(ledger, gone, RESTORE)).toEqual({ outcome: 'no-plan' });
});

test('the target is where the snapshot lies, else where the plan does, else where any of its snapshots lies', async () => {
  const { ledger } = testLedger;
  const plan = await insertPlan(ledger, planInput());
  const ofPlan = { agentFolder: 'laptop', planFolder: 'documents' };
  expect(await findTaskTarget(ledger, plan.id, RESTORE)).toMatchObject({
    vaultId: plan.vaultId,
    place: ofPlan,
    snapshotRemoved: false,
  });
  const moved = { agentFolder: 'laptop', planFolder: 'elsewhere' };
  await recordSnapshot(ledger, receipt(plan.id, OLD), moved);
  expect(await findTaskTarget(ledger, plan.id, RESTORE)).toMatchObject({ place: moved });
  expect(await findTaskTarget(ledger, plan.id, VERIFY)).toMatchObject({ place: ofPlan });
  await noteRemoval(ledger, [plan.id], [OLD], new Date());
  expect(await findTaskTarget(ledger, plan.id, RESTORE)).toMatchObject({ snapshotRemoved: true });
  const gone = randomUUID();
  expect(await findTaskTarget(ledger, gone, VERIFY)).toBeNull();
  await recordSnapshot(ledger, receipt(gone, OLD), moved);
  expect(await findTaskTarget(ledger, gone, VERIFY)).toMatchObject({ place: moved, agentId: 'laptop' });
});

test('plans that share a place are known by it', async () => {
  const { ledger } = testLedger;
  const [before, after, other] = [randomUUID(), randomUUID(), randomUUID()];
  const [place, vaultId] = [{ agentFolder: 'laptop', planFolder: 'documents' }, randomUUID()];
  await recordSnapshot(ledger, receipt(before, OLD, { vaultId }), place);
  await recordSnapshot(ledger, receipt(after, NEW, { vaultId }), place);
  await recordSnapshot(ledger, receipt(other, NEW, { vaultId }), { ...place, planFolder: 'pictures' });
  await recordSnapshot(ledger, receipt(other, OLD), place);
  expect(new Set(await planIdsAt(ledger, { vaultId, place }))).toEqual(new Set([before, after]));
});

test('only the word of a vault brings a removed snapshot back, to where it says', async () => {
  const { ledger } = testLedger;
  const planId = randomUUID();
  const first = receipt(planId, OLD);
  await recordSnapshot(ledger, first, { agentFolder: 'a', planFolder: 'b' });
  await noteRemoval(ledger, [planId], [OLD], new Date());
  await recordSnapshot(ledger, first);
  expect(await snapshotsOf(planId)).toEqual([]);
  await recordSnapshot(ledger, first, { agentFolder: 'a', planFolder: 'c' });
  expect(await snapshotsOf(planId)).toMatchObject([{ snapshot: OLD, planFolder: 'c', removedAt: null }]);
});

test('retention sees what is there, what is pinned and what is good', async () => {
  const { ledger } = testLedger;
  const planId = randomUUID();
  for (const snapshot of [OLD, NEW]) await recordSnapshot(ledger, receipt(planId, snapshot));
  const [newest, oldest] = await snapshotsOf(planId);
  await pinSnapshot(ledger, oldest!.id);
  const damages = [{ snapshot: NEW, path: 'a\0b', what: 'its bytes differ' }];
  const found = {
    kind: 'verify' as const,
    verified: [OLD],
    filesRead: 1,
    bytesRead: 1,
    damages,
    damageCount: 1,
  };
  await noteVerification(ledger, [planId], found, new Date());
  const seen = await snapshotsForRetention(ledger, planId);
  expect(seen.sort((a, b) => (a.snapshot < b.snapshot ? -1 : 1))).toEqual([
    { snapshot: OLD, committedAt: new Date(oldest!.committedAt), pinned: true, good: true },
    { snapshot: NEW, committedAt: new Date(newest!.committedAt), pinned: false, good: false },
  ]);
  expect((await snapshotsOf(planId))[0]!.damages).toMatchObject([{ path: 'a\u{fffd}b' }]);
  await noteRemoval(ledger, [planId], [OLD], new Date());
  expect(await snapshotsForRetention(ledger, planId)).toHaveLength(1);
});

test('a verification by schedule counts for what came due while it waited', async () => {
  const { ledger } = testLedger;
  const plan = await insertPlan(ledger, planInput());
  expect(await verifyHistoryOf(ledger, plan.id)).toMatchObject({ lastVerify: null, oldestSnapshot: null });
  await recordSnapshot(ledger, receipt(plan.id, NEW));
  await recordSnapshot(ledger, receipt(plan.id, OLD));
  const due = { planId: plan.id, kind: 'verify' as const, task: VERIFY, state: 'running' as const };
  await addRun(ledger, {
    ...due,
    scheduledFor: new Date('2026-11-22T10:00:00Z'),
    queuedAt: new Date('2026-11-22T12:30:00Z'),
  });
  await addRun(ledger, {
    ...due,
    state: 'waiting',
    trigger: 'manual',
    scheduledFor: new Date('2026-11-23T10:00:00Z'),
  });
  expect(await verifyHistoryOf(ledger, plan.id)).toMatchObject({
    lastVerify: new Date('2026-11-22T12:30:00Z'),
    oldestSnapshot: new Date('2026-11-20T10:00:00Z'),
  });
});

test('the database itself refuses a second waiting task of a kind, and a due time twice', async () => {
  const { ledger } = testLedger;
  const run = {
    planId: randomUUID(),
    agentId: 'laptop',
    trigger: 'schedule' as const,
    state: 'waiting' as const,
    reason: null,
    scheduledFor: new Date('2026-11-22T10:00:00Z'),
    task: VERIFY,
  };
  expect(await addTaskRun(ledger, run)).toMatchObject({ kind: 'verify', state: 'waiting' });
  expect(await addTaskRun(ledger, { ...run, scheduledFor: new Date() })).toBeNull();
  expect(await addTaskRun(ledger, { ...run, state: 'cancelled' })).toBeNull();
  for (let n = 0; n < 2; n++)
    expect(await addTaskRun(ledger, { ...run, trigger: 'manual', task: RESTORE })).not.toBeNull();
});

test('what is asked about backups does not see tasks', async () => {
  const { ledger } = testLedger;
  const plan = await insertPlan(ledger, planInput());
  await setVaultLimits(ledger, plan.vaultId, { maxRuns: 1 });
  const restore = await addRun(ledger, { planId: plan.id, kind: 'restore', state: 'running', task: RESTORE });
  expect(await activeRuns(ledger, { afterId: null, limit: 10 })).toEqual([]);
  expect(await runningOnAgent(ledger, 'laptop')).toEqual([]);
  expect((await vaultRooms(ledger)).get(plan.vaultId)).toEqual({ maxRuns: 1, active: 0 });
  expect(await countOpenRuns(ledger)).toEqual(new Map());
  const tasks = await activeTasks(ledger, { afterId: null, limit: 10 });
  expect(tasks.map(({ id }) => id)).toEqual([restore.id]);
});
