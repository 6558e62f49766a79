import { randomUUID } from 'node:crypto';
import { Retention, type TaskOrder } from '@periodic-backup/contracts';
import { pinSnapshot, updatePlan, type PlanRow, type RunRow } from '@periodic-backup/ledger';
import { until } from '@periodic-backup/testing';
import { ScriptedAgent } from './scripted-agent.js';
import { ScriptedReceiver } from './scripted-receiver.js';
import { ScriptedVault } from './scripted-vault.js';
import { taskEnded } from './task-reports.js';
import { TestBed } from './test-bed.js';

let bed: TestBed;
let agent: ScriptedAgent;
let vault: ScriptedVault;
let receiver: ScriptedReceiver;
const [FIRST, SECOND, THIRD] = ['2026-11-18T100000Z', '2026-11-19T100000Z', '2026-11-20T100000Z'] as const;
const LAST_TWO = Retention.parse({ last: 2, minimumAgeSeconds: 0 });
const ROUNDS = { SETTLE_MS: '60000', RETENTION_INTERVAL_MS: '50' };
/** Only what happens can have caused what is seen. */
const NO_ROUNDS = { SETTLE_MS: '60000', DISPATCH_INTERVAL_MS: '60000' };

beforeAll(async () => {
  bed = await TestBed.open();
});
beforeEach(async () => {
  agent = await ScriptedAgent.start(bed, `agent-${randomUUID().slice(0, 8)}`);
  vault = new ScriptedVault(bed, randomUUID());
  receiver = new ScriptedReceiver(bed, 'cellar-1', vault.id);
  await vault.announce('cellar-1');
});
afterEach(async () => {
  await Promise.all([agent.close(), receiver.close()]);
  await vault.withdraw();
  await bed.reset();
});
afterAll(() => bed.close());

async function planWith(
  snapshots: readonly string[],
  fields: Parameters<TestBed['addPlan']>[0] = {},
): Promise<PlanRow> {
  const plan = await bed.addPlan({
    agentId: agent.agentId,
    vaultId: vault.id,
    retention: LAST_TWO,
    ...fields,
  });
  await bed.addSnapshots(...snapshots.map((snapshot) => vault.receiptOf(plan, snapshot)));
  return plan;
}

async function removals(plan: PlanRow): Promise<RunRow[]> {
  return (await bed.runs(plan.id)).filter(({ kind }) => kind === 'prune');
}

async function answer(
  order: TaskOrder,
  removed: string[],
  kept: { snapshot: string; reason: string }[] = [],
) {
  await bed.report(taskEnded(order, 'cellar-1', { result: { kind: 'prune', removed, kept } }));
  await bed.runIn(order.runId, 'committed', 'partial');
}

test('after a backup what the policy lets go is removed, without a round in between', async () => {
  await bed.startScheduler(NO_ROUNDS);
  const plan = await planWith([FIRST, SECOND]);
  await bed.requestRun(plan.id);
  const job = await agent.job();
  await agent.started(job);
  await agent.committed(job, vault);
  const order = await receiver.task();
  expect(order.task).toEqual({ kind: 'prune', snapshots: [FIRST], keepOnlyCopies: false });
  await answer(order, [FIRST]);
  expect((await bed.snapshot(plan.id, FIRST)).removedAt).not.toBeNull();
  const [run] = await removals(plan);
  expect(run).toMatchObject({ trigger: 'schedule', agentId: agent.agentId, state: 'committed' });
});

test('a round finds what time lets go, oldest first, once, under two schedulers; then nothing is asked again', async () => {
  const plan = await planWith([SECOND, FIRST, THIRD, '2026-11-21T100000Z'], {
    afterTransmit: 'move',
    backupDir: '/srv/kept',
  });
  await Promise.all([bed.startScheduler(ROUNDS), bed.startScheduler(ROUNDS)]);
  const order = await receiver.task();
  expect(order.task).toEqual({ kind: 'prune', snapshots: [FIRST, SECOND], keepOnlyCopies: true });
  await answer(order, [FIRST, SECOND]);
  // By then a round has looked again.
  await planWith([FIRST, SECOND, THIRD]);
  await receiver.task(2);
  expect(await removals(plan)).toHaveLength(1);
});

test('pinned snapshots stay, and so does everything without a policy, while paused, and of a deleted plan', async () => {
  const plan = await planWith([FIRST, SECOND, THIRD, '2026-11-21T100000Z']);
  await pinSnapshot(bed.connection.ledger, (await bed.snapshot(plan.id, FIRST)).id);
  const others = [
    await planWith([FIRST, SECOND, THIRD], { retention: null }),
    await planWith([FIRST, SECOND, THIRD]),
    await planWith([FIRST, SECOND, THIRD]),
  ];
  await bed.change(others[1]!, 'paused_at = now()');
  await bed.change(others[2]!, 'deleted_at = now()');
  await bed.startScheduler(ROUNDS);
  expect((await receiver.task()).task).toMatchObject({ snapshots: [SECOND] });
  for (const other of others) expect(await removals(other)).toEqual([]);
});

test('a snapshot that the vault keeps is not asked for again until there is a newer one', async () => {
  const plan = await planWith([FIRST, SECOND, THIRD]);
  await bed.startScheduler(ROUNDS);
  await answer(await receiver.task(), [], [{ snapshot: FIRST, reason: 'It holds the only copy of a file.' }]);
  const other = await planWith([FIRST, SECOND, THIRD]);
  expect((await receiver.task(2)).planId).toBe(other.id);
  expect(await removals(plan)).toHaveLength(1);
  const soon = new Date(Date.now() + 60_000).toISOString();
  await bed.addSnapshots(vault.receiptOf(plan, '2026-11-22T100000Z', { committedAt: soon }));
  expect((await receiver.task(3)).task).toMatchObject({ snapshots: [FIRST, SECOND] });
});

test('a policy that people change, and what they pin, before a removal is sent counts', async () => {
  await vault.withdraw();
  const plan = await planWith([FIRST, SECOND, THIRD, '2026-11-21T100000Z']);
  const gone = await planWith([FIRST, SECOND, THIRD]);
  await bed.startScheduler(ROUNDS);
  const waiting = await until(async () => (await removals(plan))[0]);
  const unwanted = await until(async () => (await removals(gone))[0]);
  await pinSnapshot(bed.connection.ledger, (await bed.snapshot(plan.id, SECOND)).id);
  await updatePlan(bed.connection.ledger, gone.id, () => ({ retention: null }));
  await vault.announce('cellar-1');
  expect(await receiver.task()).toMatchObject({ runId: waiting.id, task: { snapshots: [FIRST] } });
  expect((await bed.runIn(unwanted.id, 'cancelled')).reason).toBe(
    'None of the snapshots is to be removed any more.',
  );
});
