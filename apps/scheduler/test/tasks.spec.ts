import { randomUUID } from 'node:crypto';
import {
  LIVE_CHANNEL,
  LiveEvent,
  digestOrder,
  openTicket,
  type RestoreTask,
} from '@periodic-backup/contracts';
import { deletePlan, listRunProblems, requestTask, type PlanRow } from '@periodic-backup/ledger';
import { connectRedis, loadPublicKey } from '@periodic-backup/platform';
import { until } from '@periodic-backup/testing';
import { COUNTS, ScriptedAgent } from './scripted-agent.js';
import { ScriptedVault } from './scripted-vault.js';
import { LOST, RESTORED, taskAlive, taskEnded, taskStarted } from './task-reports.js';
import { TestBed, logger } from './test-bed.js';

let bed: TestBed;
let agent: ScriptedAgent;
let vault: ScriptedVault;
let plan: PlanRow;
const SNAPSHOT = '2026-11-20T100000Z';
/** Nobody is to wonder at an agent that takes its time here. */
const PATIENT = { SETTLE_MS: '60000' };
const NO_ROUNDS = { RECONCILE_INTERVAL_MS: '60000', DISPATCH_INTERVAL_MS: '60000' };

beforeAll(async () => {
  bed = await TestBed.open();
});
beforeEach(async () => {
  agent = await ScriptedAgent.start(bed, `agent-${randomUUID().slice(0, 8)}`);
  vault = new ScriptedVault(bed, randomUUID());
  await vault.announce('cellar-1');
  plan = await bed.addPlan({ vaultId: vault.id });
  await bed.addSnapshots(vault.receiptOf(plan, SNAPSHOT));
});
afterEach(async () => {
  await agent.close();
  await vault.withdraw();
  await bed.reset();
});
afterAll(() => bed.close());

function restore(changes: Partial<RestoreTask> = {}): RestoreTask {
  return {
    kind: 'restore',
    snapshot: SNAPSHOT,
    agentId: agent.agentId,
    paths: null,
    destination: '/srv/restored',
    conflict: 'fail',
    dryRun: false,
    ...changes,
  };
}

async function startRestore(environment: Record<string, string> = PATIENT) {
  await bed.startScheduler(environment);
  const runId = await bed.requestTask(plan.id, restore());
  const job = await agent.task();
  await bed.report(taskStarted(job.taskOrder, agent.agentId));
  await bed.runIn(runId, 'running');
  return { runId, order: job.taskOrder };
}

test('a restore reaches another agent with a ticket to read that binds its order', async () => {
  await bed.startScheduler(NO_ROUNDS);
  const runId = await bed.requestTask(plan.id, restore());
  const { taskOrder, ticket, receivers } = await agent.task();
  const run = await bed.runIn(runId, 'queued');
  expect(run).toMatchObject({ kind: 'restore', agentId: agent.agentId, trigger: 'manual', attempts: 1 });
  const place = { agentFolder: plan.agentId, planFolder: plan.name };
  expect(taskOrder).toEqual({
    runId,
    epoch: run.epoch,
    planId: plan.id,
    vaultId: vault.id,
    place,
    task: restore(),
  });
  expect(receivers).toEqual([{ receiverId: 'cellar-1', host: '127.0.0.1', port: 7400 }]);
  const claims = openTicket(ticket, loadPublicKey(bed.ticketPublicKeyFile), 'read');
  const orderDigest = digestOrder(taskOrder);
  expect(claims).toMatchObject({ ...place, snapshot: SNAPSHOT, runId, agentId: agent.agentId, orderDigest });
  expect(claims.exp - claims.nbf).toBe(86_400);
});

test('its way from the wish to the result shows in the ledger and in live events', async () => {
  const subscriber = connectRedis(bed.redisServer.url, 'worker', logger);
  const seen: string[] = [];
  subscriber.on('message', (_channel, text: string) => {
    const event = LiveEvent.parse(JSON.parse(text));
    if (event.type === 'run') seen.push(event.state);
  });
  await subscriber.subscribe(LIVE_CHANNEL);
  const { runId, order } = await startRestore();
  await bed.report(taskAlive(order, agent.agentId));
  await until(async () => (await bed.runIn(runId, 'running')).bytesSent === COUNTS.bytesSent);
  await bed.report(taskEnded(order, agent.agentId, { result: RESTORED }));
  const run = await bed.runIn(runId, 'committed');
  expect(run).toMatchObject({ taskResult: RESTORED, task: restore(), reason: null, error: null, ...COUNTS });
  expect(run.finishedAt!.getTime()).toBeGreaterThanOrEqual(run.startedAt!.getTime());
  await until(() => seen.includes('committed'));
  expect(seen).toEqual(['waiting', 'queued', 'running', 'committed']);
  subscriber.disconnect();
});

test('paths that could not be restored make it partial, and are listed', async () => {
  const { runId, order } = await startRestore();
  const problems = [{ path: 'a\0b', code: 'EACCES', message: 'may not be written' }];
  const result = { ...RESTORED, plan: [{ path: 'a\0b', action: 'create' }] };
  const counts = { ...COUNTS, filesFailed: 1 };
  await bed.report(taskEnded(order, agent.agentId, { result, problems, counts }));
  const run = await bed.runIn(runId, 'partial');
  expect(run.reason).toBe('One path could not be restored as it should.');
  expect(run.taskResult).toMatchObject({ plan: [{ path: 'a\u{fffd}b' }] });
  expect((await listRunProblems(bed.connection.ledger, runId, { limit: 10 })).items).toHaveLength(1);
});

test('what is only worth knowing does not make a restore partial', async () => {
  const { runId, order } = await startRestore();
  const problems = [{ path: '.', code: 'OWNER', message: '3 entries belong to the agent' }];
  await bed.report(taskEnded(order, agent.agentId, { result: RESTORED, problems }));
  expect((await bed.runIn(runId, 'committed')).reason).toBeNull();
});

test('a restore that was interrupted is tried again under a higher epoch, and bytes add up', async () => {
  const { runId, order } = await startRestore();
  await bed.report(taskEnded(order, agent.agentId, { error: LOST, result: RESTORED }));
  const { taskOrder: second } = await agent.task(2);
  expect(second).toMatchObject({ runId, task: restore() });
  expect(second.epoch).toBeGreaterThan(order.epoch);
  // The first attempt, late.
  const forbidden = { code: 'FORBIDDEN', message: '/srv is not allowed', retryable: false };
  await bed.report(
    taskEnded(order, agent.agentId, { result: RESTORED }),
    taskEnded(order, agent.agentId, { error: forbidden }),
  );
  await bed.reportsTaken();
  expect(await bed.runIn(runId, 'queued', 'committed', 'failed')).toMatchObject({
    state: 'queued',
    bytesSentBefore: 100,
  });
  await bed.report(taskEnded(second, agent.agentId, { result: RESTORED }));
  expect(await bed.runIn(runId, 'committed')).toMatchObject({ attempts: 2, error: null });
});

test('after the last attempt it has failed; an error that another cannot help ends it at once', async () => {
  const { runId } = await startRestore();
  for (let attempt = 1; attempt <= 5; attempt++)
    await bed.report(taskEnded((await agent.task(attempt)).taskOrder, agent.agentId, { error: LOST }));
  expect((await bed.runIn(runId, 'failed')).reason).toBe(
    'Gave up after 5 attempts. The last one: the receiver went away.',
  );
  const other = await bed.requestTask(plan.id, restore());
  const error = { code: 'CONFLICT', message: '/srv/restored/a is there already', retryable: false };
  await bed.report(taskEnded((await agent.task(6)).taskOrder, agent.agentId, { error, result: RESTORED }));
  expect(await bed.runIn(other, 'failed')).toMatchObject({ attempts: 1, error, taskResult: RESTORED });
});

test('an attempt that ends with neither result nor error, or with another kind of result, is tried again', async () => {
  const { order } = await startRestore();
  await bed.report(taskEnded(order, agent.agentId, {}));
  const { taskOrder: second } = await agent.task(2);
  await bed.report(taskEnded(second, agent.agentId, { result: { kind: 'prune', removed: [], kept: [] } }));
  const { taskOrder: third } = await agent.task(3);
  expect((await bed.runIn(third.runId, 'queued')).error?.code).toBe('NO_REPORT');
});

test('another agent has no say', async () => {
  const { runId, order } = await startRestore();
  await bed.report(taskEnded(order, 'stranger', { result: RESTORED }));
  await bed.reportsTaken();
  expect((await bed.runIn(runId, 'running', 'committed')).state).toBe('running');
});

test('it waits with the reason while the agent or every receiver is away', async () => {
  await agent.goOffline();
  await vault.withdraw();
  await bed.startScheduler();
  const runId = await bed.requestTask(plan.id, restore());
  const waits = (reason: RegExp) =>
    until(async () => reason.test((await bed.runIn(runId, 'waiting')).reason ?? ''), { what: reason.source });
  await waits(/^Agent ".*" is not online\.$/);
  await agent.comeOnline();
  await waits(/^No receiver of vault ".*" is alive\.$/);
  await vault.announce('cellar-1', { draining: true });
  await agent.task();
});

test('two restores of one plan go at the same time, beside its backup', async () => {
  await bed.startScheduler(PATIENT);
  const own = await bed.addPlan({ agentId: agent.agentId, vaultId: vault.id });
  await bed.addSnapshots(vault.receiptOf(own, SNAPSHOT));
  const runIds = [
    await bed.requestTask(own.id, restore()),
    await bed.requestTask(own.id, restore()),
    await bed.requestRun(own.id),
  ];
  await Promise.all([agent.task(2), agent.job()]);
  for (const runId of runIds) await bed.runIn(runId, 'queued');
});

test('a restore works when its plan is deleted, and when the ledger never knew it', async () => {
  await bed.startScheduler(PATIENT);
  await deletePlan(bed.connection.ledger, plan.id);
  await bed.requestTask(plan.id, restore());
  await agent.task();
  const gone = { id: randomUUID(), agentId: 'burned-down' };
  const place = { agentFolder: 'burned-down', planFolder: 'documents' };
  await bed.report({ type: 'receipt', receipt: vault.receiptOf(gone, SNAPSHOT), place });
  await bed.reportsTaken();
  await bed.requestTask(gone.id, restore());
  expect((await agent.task(2)).taskOrder).toMatchObject({ planId: gone.id, vaultId: vault.id, place });
});

test('a task of what nobody knows, or of a snapshot that was removed, ends with the reason', async () => {
  await bed.startScheduler();
  const unknown = await requestTask(bed.connection.ledger, randomUUID(), restore());
  expect(unknown).toEqual({ outcome: 'no-plan' });
  await bed.connection.ledger.execute('update snapshots set removed_at = now()');
  const runId = await bed.requestTask(plan.id, restore());
  expect(await bed.runIn(runId, 'failed')).toMatchObject({
    reason: 'The snapshot was removed.',
    error: { code: 'NOT_FOUND' },
  });
});

test('a drill is sent and closed like a restore', async () => {
  await bed.startScheduler(PATIENT);
  const task = {
    kind: 'drill' as const,
    snapshot: SNAPSHOT,
    agentId: agent.agentId,
    sampleFiles: 10,
    seed: 7,
  };
  const runId = await bed.requestTask(plan.id, task);
  const { taskOrder } = await agent.task();
  expect(taskOrder.task).toEqual(task);
  const again = await requestTask(bed.connection.ledger, plan.id, task);
  expect(again).toEqual({ outcome: 'open', runId, sameTask: true });
  const result = { kind: 'drill' as const, files: 10, bytes: 1000, durationMs: 12, seed: 7 };
  await bed.report(taskEnded(taskOrder, agent.agentId, { result }));
  expect((await bed.runIn(runId, 'committed')).taskResult).toEqual(result);
});
