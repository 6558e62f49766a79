import { randomUUID } from 'node:crypto';
import { deletePlan, requestStart } from '@periodic-backup/ledger';
import { until } from '@periodic-backup/testing';
import { ScriptedAgent } from './scripted-agent.js';
import { ScriptedVault } from './scripted-vault.js';
import { TestBed } from './test-bed.js';

let bed: TestBed;
let agent: ScriptedAgent;
let vault: ScriptedVault;

beforeAll(async () => {
  bed = await TestBed.open();
});
beforeEach(async () => {
  agent = await ScriptedAgent.start(bed, `agent-${randomUUID().slice(0, 8)}`);
  vault = new ScriptedVault(bed, randomUUID());
  await vault.announce('cellar-1');
});
afterEach(async () => {
  await agent.close();
  await vault.withdraw();
  await bed.reset();
});
afterAll(() => bed.close());

const planOfAgent = () => bed.addPlan({ agentId: agent.agentId, vaultId: vault.id });
/** Rounds so rare that only the jobs themselves can have caused what is seen. */
const NO_ROUNDS = { RECONCILE_INTERVAL_MS: '60000', DISPATCH_INTERVAL_MS: '60000' };

test('run now reaches the agent without a round in between', async () => {
  await bed.startScheduler(NO_ROUNDS);
  const plan = await planOfAgent();
  const runId = await bed.requestRun(plan.id);
  expect((await agent.job()).order.runId).toBe(runId);
  const { trigger, scheduledFor, queuedAt, createdAt } = await bed.runIn(runId, 'queued');
  expect(trigger).toBe('manual');
  expect(createdAt.getTime()).toBeGreaterThanOrEqual(scheduledFor.getTime());
  expect(queuedAt!.getTime() - scheduledFor.getTime()).toBeLessThan(5000);
});

test('a request whose job got lost is answered by the reconciler', async () => {
  const plan = await planOfAgent();
  const answer = await requestStart(bed.connection.ledger, plan.id);
  await bed.startScheduler();
  const { order } = await agent.job();
  expect(answer).toMatchObject({ outcome: 'requested', runId: order.runId });
});

test('a second start while one waits is cancelled with the reason', async () => {
  await agent.goOffline();
  const plan = await planOfAgent();
  const first = await bed.requestRun(plan.id);
  await bed.connection.ledger.execute(
    `insert into run_requests (id, kind, plan_id, run_id) values ('${randomUUID()}', 'start', '${plan.id}', '${randomUUID()}')`,
  );
  await bed.startScheduler();
  await until(async () => (await bed.runs(plan.id)).length === 2);
  const second = (await bed.runs(plan.id)).find(({ id }) => id !== first)!;
  expect(second).toMatchObject({
    state: 'cancelled',
    reason: 'Another run of this plan was already waiting.',
  });
  expect((await bed.runIn(first, 'waiting')).attempts).toBe(0);
});

test('a start of a deleted plan is cancelled, as is its waiting run', async () => {
  await agent.goOffline();
  const plan = await planOfAgent();
  await bed.startScheduler();
  const runId = await bed.requestRun(plan.id);
  await bed.runIn(runId, 'waiting');
  await deletePlan(bed.connection.ledger, plan.id);
  expect((await bed.runIn(runId, 'cancelled')).reason).toBe('The plan was deleted.');
});

test('a waiting run is cancelled at once', async () => {
  await agent.goOffline();
  await bed.startScheduler(NO_ROUNDS);
  const plan = await planOfAgent();
  const runId = await bed.requestRun(plan.id);
  await bed.requestCancel(await bed.runIn(runId, 'waiting'));
  expect((await bed.runIn(runId, 'cancelled')).reason).toBe('Cancelled on request.');
});

test('a queued run is cancelled and its job taken back', async () => {
  await agent.holdJobs();
  await bed.startScheduler(NO_ROUNDS);
  const plan = await planOfAgent();
  const runId = await bed.requestRun(plan.id);
  const { epoch } = await bed.runIn(runId, 'queued');
  const jobKey = `pbk:{agent-${agent.agentId}}:agent-${agent.agentId}:${runId}.${epoch}`;
  await until(() => bed.redis.exists(jobKey));
  await bed.requestCancel({ id: runId, planId: plan.id });
  await bed.runIn(runId, 'cancelled');
  expect(await bed.redis.exists(jobKey)).toBe(0);
  expect(agent.jobs).toEqual([]);
});

test('a running run is cancelled when its agent says so', async () => {
  await bed.startScheduler(NO_ROUNDS);
  const plan = await planOfAgent();
  const runId = await bed.requestRun(plan.id);
  const job = await agent.job();
  await agent.started(job);
  await bed.requestCancel({ id: runId, planId: plan.id });
  await until(() => agent.cancels.includes(runId));
  expect((await bed.runIn(runId, 'running')).cancelRequestedAt).not.toBeNull();
  await agent.failed(job, { code: 'CANCELLED', message: 'stopped', retryable: false });
  expect((await bed.runIn(runId, 'cancelled')).reason).toBe('Cancelled on request.');
});

test('a cancel that the agent never confirms ends the run when patience ends', async () => {
  await bed.startScheduler();
  const plan = await planOfAgent();
  const runId = await bed.requestRun(plan.id);
  await agent.started(await agent.job());
  agent.activeRuns = [runId];
  await agent.beat();
  await bed.requestCancel({ id: runId, planId: plan.id });
  expect((await bed.runIn(runId, 'cancelled')).reason).toMatch(/did not confirm it in time/);
});

test('a run that commits although it was cancelled is committed', async () => {
  await bed.startScheduler(NO_ROUNDS);
  const plan = await planOfAgent();
  const runId = await bed.requestRun(plan.id);
  const job = await agent.job();
  await agent.started(job);
  await bed.requestCancel({ id: runId, planId: plan.id });
  await until(() => agent.cancels.includes(runId));
  await agent.committed(job, vault);
  await bed.runIn(runId, 'committed');
});
