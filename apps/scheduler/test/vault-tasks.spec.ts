import { randomUUID } from 'node:crypto';
import type { Damage, Schedule, TaskResult, VerifyTask } from '@periodic-backup/contracts';
import { addTaskRun, pausePlan, type PlanRow, type RunRow } from '@periodic-backup/ledger';
import { until } from '@periodic-backup/testing';
import { COUNTS } from './scripted-agent.js';
import { ScriptedReceiver } from './scripted-receiver.js';
import { ScriptedVault } from './scripted-vault.js';
import { LOST, taskAlive, taskEnded, taskStarted } from './task-reports.js';
import { TestBed } from './test-bed.js';

let bed: TestBed;
let vault: ScriptedVault;
let receiver: ScriptedReceiver;
let plan: PlanRow;
const [OLD, NEW] = ['2026-11-20T100000Z', '2026-11-21T100000Z'] as const;
const PATIENT = { SETTLE_MS: '60000' };
const VERIFY: VerifyTask = { kind: 'verify', snapshots: null, bytesPerSecond: null };
const HOUR_MS = 3_600_000;
const hourly: Schedule = { kind: 'every', everySeconds: 3600 };

beforeAll(async () => {
  bed = await TestBed.open();
});
beforeEach(async () => {
  vault = new ScriptedVault(bed, randomUUID());
  receiver = new ScriptedReceiver(bed, 'cellar-1', vault.id);
  await vault.announce('cellar-1');
  plan = await bed.addPlan({ vaultId: vault.id });
  await bed.addSnapshots(vault.receiptOf(plan, OLD), vault.receiptOf(plan, NEW, { previous: OLD }));
});
afterEach(async () => {
  await receiver.close();
  await vault.withdraw();
  await bed.reset();
});
afterAll(() => bed.close());

const damage = (snapshot: string): Damage => ({ snapshot, path: 'a', what: 'its bytes differ' });

function verified(snapshots: readonly string[], damages: readonly Damage[] = []): TaskResult {
  const read = { filesRead: 4, bytesRead: 400 };
  return {
    kind: 'verify',
    verified: [...snapshots],
    damages: [...damages],
    damageCount: damages.length,
    ...read,
  };
}

const verifications = async (): Promise<RunRow[]> =>
  (await bed.runs(plan.id)).filter(({ kind }) => kind === 'verify');

test('a verification goes to the queue of the vault, and what it found stands at each snapshot', async () => {
  await bed.startScheduler(PATIENT);
  const runId = await bed.requestTask(plan.id, VERIFY);
  const order = await receiver.task();
  expect(order).toMatchObject({
    runId,
    planId: plan.id,
    vaultId: vault.id,
    task: VERIFY,
    place: { agentFolder: plan.agentId, planFolder: plan.name },
  });
  await bed.report(taskStarted(order, 'cellar-1'));
  expect(await bed.runIn(runId, 'running')).toMatchObject({ receiverId: 'cellar-1', agentId: plan.agentId });
  const counts = { ...COUNTS, filesFailed: 1 };
  await bed.report(taskEnded(order, 'cellar-1', { counts, result: verified([NEW], [damage(OLD)]) }));
  expect((await bed.runIn(runId, 'partial')).reason).toBe(`One damage was found in ${OLD}.`);
  expect((await bed.snapshot(plan.id, NEW)).verifiedAt).not.toBeNull();
  expect(await bed.snapshot(plan.id, OLD)).toMatchObject({ verifiedAt: null, damages: [damage(OLD)] });

  const healed = await bed.requestTask(plan.id, { ...VERIFY, snapshots: [OLD] });
  await bed.report(taskEnded(await receiver.task(2), 'cellar-1', { result: verified([OLD]) }));
  expect((await bed.runIn(healed, 'committed')).reason).toBeNull();
  expect((await bed.snapshot(plan.id, OLD)).damages).toBeNull();
  expect((await bed.snapshot(plan.id, OLD)).verifiedAt).not.toBeNull();
});

test('a snapshot that its vault does not name in a verification of all is lost', async () => {
  await bed.addSnapshots(
    vault.receiptOf(plan, '2026-11-21T110000Z', { committedAt: new Date().toISOString() }),
  );
  await bed.startScheduler(PATIENT);
  const all = await bed.requestTask(plan.id, VERIFY);
  await bed.report(taskEnded(await receiver.task(), 'cellar-1', { result: verified([NEW]) }));
  expect((await bed.runIn(all, 'partial')).reason).toBe(`One damage was found in ${OLD}.`);
  const lost = { snapshot: OLD, path: null, what: 'The vault does not hold this snapshot any more.' };
  expect((await bed.snapshot(plan.id, OLD)).damages).toEqual([lost]);
  const one = await bed.requestTask(plan.id, { ...VERIFY, snapshots: [NEW] });
  await bed.report(taskEnded(await receiver.task(2), 'cellar-1', { result: verified([NEW]) }));
  await bed.runIn(one, 'committed');
});

test('what lies in the place of a plan from before the ledger was lost is judged with it', async () => {
  const before = { id: randomUUID(), agentId: plan.agentId };
  const lost = '2026-11-19T100000Z';
  const place = { agentFolder: plan.agentId, planFolder: plan.name };
  await bed.startScheduler(PATIENT);
  await bed.report({ type: 'receipt', receipt: vault.receiptOf(before, lost), place });
  await bed.reportsTaken();
  await bed.requestTask(plan.id, VERIFY);
  const result = verified([NEW, OLD], [damage(lost)]);
  await bed.report(taskEnded(await receiver.task(), 'cellar-1', { result }));
  await until(async () => (await bed.snapshot(before.id, lost)).damages);
});

test('what an older verification found does not undo a newer one', async () => {
  await bed.startScheduler(PATIENT);
  await bed.requestTask(plan.id, VERIFY);
  const order = await receiver.task();
  await bed.report(taskEnded(order, 'cellar-1', { result: verified([OLD, NEW]) }));
  const late = { result: verified([], [damage(OLD)]), at: '2020-01-01T00:00:00.000Z' };
  await bed.report(taskEnded(order, 'cellar-1', late));
  await bed.reportsTaken();
  expect((await bed.snapshot(plan.id, OLD)).damages).toBeNull();
});

test('removed snapshots are noted, kept ones make it partial and stay', async () => {
  const middle = '2026-11-20T200000Z';
  await bed.addSnapshots(vault.receiptOf(plan, middle));
  await bed.startScheduler(PATIENT);
  const task = { kind: 'prune' as const, snapshots: [OLD, middle, NEW], keepOnlyCopies: false };
  const runId = await bed.requestTask(plan.id, task);
  const order = await receiver.task();
  // The newest is never asked to go.
  expect(order.task).toEqual({ ...task, snapshots: [OLD, middle] });
  const kept = [{ snapshot: middle, reason: 'It is being read.' }];
  await bed.report(taskEnded(order, 'cellar-1', { result: { kind: 'prune', removed: [OLD], kept } }));
  expect((await bed.runIn(runId, 'partial')).reason).toBe(
    `One snapshot was kept. ${middle}: It is being read.`,
  );
  expect((await bed.snapshot(plan.id, OLD)).removedAt).not.toBeNull();
  expect((await bed.snapshot(plan.id, middle)).removedAt).toBeNull();
});

test('what was removed is noted whatever became of the run', async () => {
  await bed.startScheduler(PATIENT);
  const task = { kind: 'prune' as const, snapshots: [OLD], keepOnlyCopies: false };
  const runId = await bed.requestTask(plan.id, task);
  const order = await receiver.task();
  await bed.report(taskStarted(order, 'cellar-1'));
  await bed.runIn(runId, 'running');
  await bed.requestCancel({ id: runId, planId: plan.id });
  await bed.runIn(runId, 'cancelled');
  await bed.report(
    taskEnded(order, 'cellar-1', { result: { kind: 'prune', removed: [OLD, NEW], kept: [] } }),
  );
  await until(async () => (await bed.snapshot(plan.id, OLD)).removedAt);
  expect((await bed.runIn(runId, 'cancelled')).taskResult).toBeNull();
  // Nobody had asked for that one.
  expect((await bed.snapshot(plan.id, NEW)).removedAt).toBeNull();
});

test('one of a kind runs and one waits behind it, which goes when that ends', async () => {
  await bed.startScheduler({ ...PATIENT, DISPATCH_INTERVAL_MS: '60000', RECONCILE_INTERVAL_MS: '60000' });
  await bed.requestTask(plan.id, VERIFY);
  const first = await receiver.task();
  const behind = await bed.requestTask(plan.id, { ...VERIFY, snapshots: [OLD] });
  expect((await bed.runIn(behind, 'waiting')).id).toBe(behind);
  await until(async () =>
    /^The verification before it/.test((await bed.runIn(behind, 'waiting')).reason ?? ''),
  );
  const prune = { kind: 'prune' as const, snapshots: [OLD], keepOnlyCopies: false };
  await bed.requestTask(plan.id, prune);
  expect((await receiver.task(2)).task.kind).toBe('prune');
  await bed.report(taskEnded(first, 'cellar-1', { result: verified([OLD, NEW]) }));
  expect((await receiver.task(3)).runId).toBe(behind);
});

test('an attempt that has to be repeated gives way to the task behind it', async () => {
  await bed.startScheduler(PATIENT);
  const first = await bed.requestTask(plan.id, VERIFY);
  const order = await receiver.task();
  const behind = await bed.requestTask(plan.id, { ...VERIFY, snapshots: [OLD] });
  await bed.runIn(behind, 'waiting');
  await bed.report(taskEnded(order, 'cellar-1', { error: LOST }));
  expect((await bed.runIn(first, 'failed')).reason).toMatch(/waited behind it takes over\.$/);
  expect((await receiver.task(2)).runId).toBe(behind);
});

async function verifyHourly(changedAgoMs: number): Promise<void> {
  const json = JSON.stringify(hourly);
  const from = new Date(Date.now() - changedAgoMs).toISOString();
  await bed.change(plan, `verify_schedule = '${json}', updated_at = '${from}', due_from = '${from}'`);
}

test('a verification that is due by schedule is started once, by several schedulers', async () => {
  await verifyHourly(2 * HOUR_MS);
  await Promise.all([bed.startScheduler(PATIENT), bed.startScheduler(PATIENT)]);
  const order = await receiver.task();
  expect(order.task).toEqual(VERIFY);
  await bed.report(taskEnded(order, 'cellar-1', { result: verified([OLD, NEW]) }));
  await bed.runIn(order.runId, 'committed');
  const [run, ...more] = await verifications();
  expect(more).toEqual([]);
  expect(run).toMatchObject({ trigger: 'schedule', state: 'committed' });
  expect(run!.scheduledFor.getTime() % HOUR_MS).toBe(0);
});

test('what was due before the schedule was set, or while the plan is paused, is not verified', async () => {
  await verifyHourly(0);
  const paused = await bed.addPlan({
    vaultId: vault.id,
    verifySchedule: { kind: 'every', everySeconds: 10 },
  });
  await bed.addSnapshots(vault.receiptOf(paused, OLD));
  await pausePlan(bed.connection.ledger, paused.id);
  const everySecond = await bed.addPlan({ vaultId: vault.id });
  await bed.addSnapshots(vault.receiptOf(everySecond, OLD));
  await bed.change(everySecond, `verify_schedule = '{"kind":"every","everySeconds":1}'`);
  await bed.startScheduler(PATIENT);
  expect((await receiver.task()).planId).toBe(everySecond.id);
  expect(await verifications()).toEqual([]);
  expect(await bed.runs(paused.id)).toEqual([]);
});

test('a due verification waits behind one that runs, and one that waits is enough', async () => {
  await bed.change(plan, `verify_schedule = '{"kind":"every","everySeconds":1}'`);
  await bed.startScheduler(PATIENT);
  const order = await receiver.task();
  await bed.report(taskStarted(order, 'cellar-1'), taskAlive(order, 'cellar-1'));
  const waiting = await until(async () => (await verifications()).find(({ state }) => state === 'waiting'));
  await until(() => Date.now() > waiting.scheduledFor.getTime() + 2500);
  expect((await verifications()).map(({ state }) => state).sort()).toEqual(['running', 'waiting']);
  await bed.report(taskEnded(order, 'cellar-1', { result: verified([OLD, NEW]) }));
  expect((await receiver.task(2)).runId).toBe(waiting.id);
});

test('a task by schedule that waits ends with its plan', async () => {
  await vault.withdraw();
  await bed.startScheduler();
  const run = await addTaskRun(bed.connection.ledger, {
    planId: plan.id,
    agentId: plan.agentId,
    trigger: 'schedule',
    state: 'waiting',
    reason: null,
    scheduledFor: new Date(),
    task: VERIFY,
  });
  await until(async () => (await bed.runIn(run!.id, 'waiting')).reason);
  await pausePlan(bed.connection.ledger, plan.id);
  expect((await bed.runIn(run!.id, 'cancelled')).reason).toBe('The plan was paused.');
});
