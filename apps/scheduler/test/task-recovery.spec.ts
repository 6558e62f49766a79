import { randomUUID } from 'node:crypto';
import {
  VERIFICATION_STOPPED,
  openTicket,
  vaultQueue,
  verificationKey,
  type DrillTask,
  type VerifyTask,
} from '@periodic-backup/contracts';
import { requestTask, type PlanRow } from '@periodic-backup/ledger';
import { loadPublicKey } from '@periodic-backup/platform';
import { until } from '@periodic-backup/testing';
import { ScriptedAgent } from './scripted-agent.js';
import { ScriptedReceiver } from './scripted-receiver.js';
import { ScriptedVault } from './scripted-vault.js';
import { LOST, taskAlive, taskEnded, taskStarted } from './task-reports.js';
import { TestBed } from './test-bed.js';

let bed: TestBed;
let agent: ScriptedAgent;
let vault: ScriptedVault;
let receiver: ScriptedReceiver;
let plan: PlanRow;
const SNAPSHOT = '2026-11-20T100000Z';
const VERIFY: VerifyTask = { kind: 'verify', snapshots: null, bytesPerSecond: null };
const PATIENT = { SETTLE_MS: '60000' };
const NO_ROUNDS = { RECONCILE_INTERVAL_MS: '60000', DISPATCH_INTERVAL_MS: '60000' };

beforeAll(async () => {
  bed = await TestBed.open();
});
beforeEach(async () => {
  agent = await ScriptedAgent.start(bed, `agent-${randomUUID().slice(0, 8)}`);
  vault = new ScriptedVault(bed, randomUUID());
  receiver = new ScriptedReceiver(bed, 'cellar-1', vault.id);
  await vault.announce('cellar-1');
  plan = await bed.addPlan({ vaultId: vault.id });
  await bed.addSnapshots(vault.receiptOf(plan, SNAPSHOT));
});
afterEach(async () => {
  await Promise.all([agent.close(), receiver.close()]);
  await vault.withdraw();
  await bed.reset();
});
afterAll(() => bed.close());

const drill = (): DrillTask => ({
  kind: 'drill',
  snapshot: SNAPSHOT,
  agentId: agent.agentId,
  sampleFiles: null,
  seed: 1,
});

/** A task that its agent has begun. */
async function startDrill(environment: Record<string, string> = {}) {
  await bed.startScheduler(environment);
  const runId = await bed.requestTask(plan.id, drill());
  const { taskOrder: order } = await agent.task();
  await bed.report(taskStarted(order, agent.agentId));
  await bed.runIn(runId, 'running');
  return { runId, order };
}

/** One that a receiver has begun. */
async function startVerify(environment: Record<string, string> = {}) {
  await bed.startScheduler(environment);
  const runId = await bed.requestTask(plan.id, VERIFY);
  const order = await receiver.task();
  await bed.report(taskStarted(order, 'cellar-1'));
  await bed.runIn(runId, 'running');
  return { runId, order };
}

const jobKey = (queue: string, { runId, epoch }: { runId: string; epoch: number }) =>
  `pbk:{${queue}}:${queue}:${runId}.${epoch}`;

test('a task whose agent or receiver goes silent is sent again under a higher epoch', async () => {
  const { runId, order } = await startDrill();
  const { taskOrder: second } = await agent.task(2);
  expect(second.runId).toBe(runId);
  expect(second.epoch).toBeGreaterThan(order.epoch);
  const verifyId = await bed.requestTask(plan.id, VERIFY);
  const first = await receiver.task();
  await bed.report(taskStarted(first, 'cellar-1'));
  expect((await receiver.task(2)).runId).toBe(verifyId);
  expect((await bed.runIn(verifyId, 'queued', 'running')).error?.message).toMatch(
    /^The receiver of vault "cellar" said nothing of the run/,
  );
});

test('a silent task out of attempts has failed', async () => {
  const { runId } = await startVerify({ MAX_ATTEMPTS: '1' });
  expect((await bed.runIn(runId, 'failed')).reason).toMatch(/^Gave up after 1 attempts\./);
});

test('one that its agent names, or that is spoken of, is left alone', async () => {
  const { runId, order } = await startDrill();
  agent.activeRuns = [runId];
  await agent.beat();
  const verifyId = await bed.requestTask(plan.id, VERIFY);
  const verify = await receiver.task();
  await bed.report(taskAlive(verify, 'cellar-1', new Date(Date.now() + 60_000)));
  await bed.runIn(verifyId, 'running');
  const before = Date.now();
  await until(() => Date.now() - before > 600);
  expect(await bed.runIn(runId, 'running')).toMatchObject({ attempts: 1, epoch: order.epoch });
  expect(await bed.runIn(verifyId, 'running')).toMatchObject({ attempts: 1 });
});

test('an agent that starts anew gets its restores and drills back at once', async () => {
  const { runId } = await startDrill({ AGENT_SILENCE_MS: '600000', RETRY_DELAYS_MS: '600000' });
  const { agentId } = agent;
  await bed.report({ type: 'agent-started', agentId, at: new Date().toISOString(), runIds: [] });
  expect((await agent.task(2)).taskOrder.runId).toBe(runId);
});

test('a receiver that starts anew, or that is gone, does not work on what it had begun', async () => {
  const { runId } = await startVerify({ AGENT_SILENCE_MS: '600000' });
  await vault.withdraw();
  await vault.announce('cellar-1');
  const second = await receiver.task(2);
  expect(second.runId).toBe(runId);
  expect((await bed.runIn(runId, 'queued')).error?.message).toBe('Receiver "cellar-1" was restarted');
  await bed.report(taskStarted(second, 'cellar-2'));
  await bed.runIn(runId, 'running');
  expect((await receiver.task(3)).runId).toBe(runId);
});

test('a queued task whose job was wiped with Redis is sent again, same attempt', async () => {
  await receiver.holdJobs();
  await bed.startScheduler();
  const runId = await bed.requestTask(plan.id, VERIFY);
  const { epoch } = await bed.runIn(runId, 'queued');
  await bed.redis.flushall();
  await vault.announce('cellar-1');
  await until(() => bed.redis.exists(jobKey(vaultQueue(vault.id), { runId, epoch })));
  expect(await bed.runIn(runId, 'queued')).toMatchObject({ attempts: 1, epoch });
});

test('a queued task whose agent or receivers leave without taking it waits again, its attempt unspent', async () => {
  await Promise.all([agent.holdJobs(), receiver.holdJobs()]);
  await bed.startScheduler();
  const [drillId, verifyId] = [
    await bed.requestTask(plan.id, drill()),
    await bed.requestTask(plan.id, VERIFY),
  ];
  await Promise.all([bed.runIn(drillId, 'queued'), bed.runIn(verifyId, 'queued')]);
  await agent.goOffline();
  expect(await bed.runIn(drillId, 'waiting')).toMatchObject({
    attempts: 0,
    reason: `Agent "${agent.agentId}" is not online.`,
  });
  await vault.withdraw();
  expect(await bed.runIn(verifyId, 'waiting')).toMatchObject({ attempts: 0 });
});

test('a wish whose job got lost is answered by the reconciler, by one of two schedulers', async () => {
  const answer = await requestTask(bed.connection.ledger, plan.id, drill());
  await Promise.all([bed.startScheduler(PATIENT), bed.startScheduler(PATIENT)]);
  const { taskOrder } = await agent.task();
  expect(answer).toMatchObject({ outcome: 'requested', runId: taskOrder.runId });
  expect(await bed.runs(plan.id)).toHaveLength(1);
});

test('a second wish while one waits is cancelled with the reason', async () => {
  await agent.goOffline();
  const first = await bed.requestTask(plan.id, drill());
  const second = randomUUID();
  const task = JSON.stringify({ ...drill(), seed: 2 });
  await bed.connection.ledger.execute(
    `insert into run_requests (id, kind, plan_id, run_id, task) values ('${randomUUID()}', 'start', '${plan.id}', '${second}', '${task}')`,
  );
  await bed.startScheduler();
  expect((await bed.runIn(second, 'cancelled')).reason).toBe(
    'Another drill of this plan was already waiting.',
  );
  await bed.runIn(first, 'waiting');
});

test('a waiting task is cancelled at once, one on a queue when its job is taken back', async () => {
  await agent.holdJobs();
  await vault.withdraw();
  await bed.startScheduler(NO_ROUNDS);
  const waiting = await bed.requestTask(plan.id, VERIFY);
  await bed.runIn(waiting, 'waiting');
  await bed.requestCancel({ id: waiting, planId: plan.id });
  expect((await bed.runIn(waiting, 'cancelled')).reason).toBe('Cancelled on request.');
  await vault.announce('cellar-1');
  const queued = await bed.requestTask(plan.id, drill());
  const { epoch } = await bed.runIn(queued, 'queued');
  const key = jobKey(`agent-${agent.agentId}`, { runId: queued, epoch });
  await until(() => bed.redis.exists(key));
  await bed.requestCancel({ id: queued, planId: plan.id });
  await bed.runIn(queued, 'cancelled');
  expect(await bed.redis.exists(key)).toBe(0);
});

test('a running task is cancelled when its agent says so, or when patience ends', async () => {
  const { runId, order } = await startDrill(NO_ROUNDS);
  await bed.requestCancel({ id: runId, planId: plan.id });
  await until(() => agent.cancels.includes(runId));
  const error = { code: 'CANCELLED', message: 'stopped', retryable: false };
  await bed.report(taskEnded(order, agent.agentId, { error }));
  expect((await bed.runIn(runId, 'cancelled')).reason).toBe('Cancelled on request.');
  await bed.startScheduler();
  const mute = await bed.requestTask(plan.id, drill());
  await bed.report(taskStarted((await agent.task(2)).taskOrder, agent.agentId));
  await bed.runIn(mute, 'running');
  agent.activeRuns = [mute];
  await agent.beat();
  await bed.requestCancel({ id: mute, planId: plan.id });
  expect((await bed.runIn(mute, 'cancelled')).reason).toMatch(/did not confirm it in time/);
});

test('a task of the vault is cancelled at once, late reports change nothing, and the next one goes', async () => {
  const { runId, order } = await startVerify({ ...PATIENT, ...NO_ROUNDS });
  const behind = await bed.requestTask(plan.id, { ...VERIFY, snapshots: [SNAPSHOT] });
  await bed.runIn(behind, 'waiting');
  await bed.requestCancel({ id: runId, planId: plan.id });
  await bed.runIn(runId, 'cancelled');
  expect((await receiver.task(2)).runId).toBe(behind);
  // Its receivers are told to read no further.
  const told = await bed.redis.hget(verificationKey(vault.id, runId), VERIFICATION_STOPPED);
  expect(openTicket(told ?? '', loadPublicKey(bed.ticketPublicKeyFile), 'cancel')).toMatchObject({
    ...{ runId, to: `vault/${vault.id}` },
  });
  await bed.report(taskEnded(order, 'cellar-1', { error: LOST }));
  await bed.reportsTaken();
  expect(await bed.runIn(runId, 'cancelled')).toMatchObject({ error: null });
});

test('while Redis is away a task waits and says so, and goes when it is back', async () => {
  await bed.startScheduler();
  await bed.redisServer.kill();
  await requestTask(bed.connection.ledger, plan.id, VERIFY);
  await bed.change(plan, `verify_schedule = '{"kind":"every","everySeconds":3600}'`);
  const from = new Date(Date.now() - 7_200_000).toISOString();
  await bed.change(plan, `updated_at = '${from}', due_from = '${from}'`);
  const due = await until(async () => (await bed.runs(plan.id)).find(({ reason }) => reason));
  expect(due).toMatchObject({ kind: 'verify', state: 'waiting', reason: 'Redis is not reachable.' });
  await bed.redisServer.restart();
  expect((await receiver.task()).runId).toBe(due.id);
});
