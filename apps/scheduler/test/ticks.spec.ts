import { randomUUID } from 'node:crypto';
import { digestOrder, openTicket } from '@periodic-backup/contracts';
import { pausePlan } from '@periodic-backup/ledger';
import { loadPublicKey } from '@periodic-backup/platform';
import { until } from '@periodic-backup/testing';
import { ScriptedAgent } from './scripted-agent.js';
import { ScriptedVault } from './scripted-vault.js';
import { TestBed } from './test-bed.js';

let bed: TestBed;
let agent: ScriptedAgent;
let vault: ScriptedVault;
const everySecond = { kind: 'every', everySeconds: 1 } as const;
const everyHour = { kind: 'every', everySeconds: 3600 } as const;
const HOUR_MS = 3_600_000;

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

const planOfAgent = (fields: Parameters<TestBed['addPlan']>[0]) =>
  bed.addPlan({ agentId: agent.agentId, vaultId: vault.id, ...fields });

test('a tick becomes a row and then a job with a ticket that binds its order', async () => {
  await bed.startScheduler({ RECONCILE_INTERVAL_MS: '60000' });
  const plan = await planOfAgent({ schedule: everySecond, afterTransmit: 'move', backupDir: '/srv/kept' });
  await bed.planChanged(plan.id);
  const { order, ticket, receivers } = await agent.job();

  const run = await bed.runIn(order.runId, 'queued');
  expect(run.scheduledFor.getTime() % 1000).toBe(0);
  expect(run.queuedAt!.getTime() - run.scheduledFor.getTime()).toBeLessThan(5000);
  expect(run).toMatchObject({ trigger: 'schedule', attempts: 1, epoch: order.epoch, planId: plan.id });
  expect(order).toMatchObject({ sourceDir: '/srv/documents', excludes: ['*.tmp'], backupDir: '/srv/kept' });
  expect(receivers).toEqual([{ receiverId: 'cellar-1', host: '127.0.0.1', port: 7400 }]);
  expect(openTicket(ticket, loadPublicKey(bed.ticketPublicKeyFile), 'append')).toMatchObject({
    runId: order.runId,
    epoch: order.epoch,
    agentFolder: agent.agentId,
    planFolder: plan.name,
    accumulate: true,
    orderDigest: digestOrder(order),
  });
});

test('while a run is at work one tick waits behind it and further ones are missed, with the reason', async () => {
  await bed.startScheduler();
  const plan = await planOfAgent({ schedule: everySecond });
  await bed.planChanged(plan.id);
  const job = await agent.job();
  await agent.started(job);
  agent.activeRuns = [job.order.runId];
  await agent.beat();

  const missed = await until(async () => (await bed.runs(plan.id)).find(({ state }) => state === 'missed'));
  expect(missed.reason).toMatch(/already waiting behind it/);
  const states = (await bed.runs(plan.id)).map(({ state }) => state);
  expect(states.filter((state) => state === 'running')).toHaveLength(1);
  expect(states.filter((state) => state === 'waiting')).toHaveLength(1);

  await agent.committed(job, vault);
  const next = await agent.job(2);
  expect(next.order.epoch).toBeGreaterThan(job.order.epoch);
});

test('due times nobody took while the scheduler was down are missed, the latest one is run', async () => {
  const plan = await planOfAgent({ schedule: everyHour, dueFrom: new Date(Date.now() - 5 * HOUR_MS - 1000) });
  await bed.startScheduler();
  const { order } = await agent.job();
  const rows = (await bed.runs(plan.id)).map(({ id, state, reason }) => ({ id, state, reason }));
  expect(rows).toHaveLength(5);
  expect(rows[0]).toMatchObject({ id: order.runId, state: 'queued' });
  for (const row of rows.slice(1))
    expect(row).toMatchObject({ state: 'missed', reason: 'The scheduler was not running when it was due.' });
});

test('more missed due times than one batch all get their row', async () => {
  const plan = await planOfAgent({ schedule: everySecond, dueFrom: new Date(Date.now() - 1_500_000) });
  await bed.startScheduler();
  await agent.job();
  const { rows } = await bed.connection.ledger.execute<{ n: number }>(
    `select count(*)::int as n from runs where plan_id = '${plan.id}' and state = 'missed'`,
  );
  expect(rows[0]!.n).toBeGreaterThanOrEqual(1_498);
});

test('due times before a plan is owed anything, or while it is paused, make no run', async () => {
  const fresh = await planOfAgent({ schedule: everyHour, dueFrom: new Date() });
  const paused = await planOfAgent({ schedule: everySecond });
  await pausePlan(bed.connection.ledger, paused.id);
  await bed.startScheduler();
  await bed.requestRun(fresh.id);
  await agent.job();
  const runs = await bed.runs(fresh.id);
  expect(runs.map(({ trigger }) => trigger)).toEqual(['manual']);
  expect(await bed.runs(paused.id)).toEqual([]);
});

test('a run whose agent is away waits, says so, and is missed when the next due time comes', async () => {
  await agent.goOffline();
  const plan = await planOfAgent({ schedule: everySecond });
  await bed.startScheduler();
  const missed = await until(async () => (await bed.runs(plan.id)).find(({ state }) => state === 'missed'));
  expect(missed.reason).toBe(
    `Could not start before the next due time: Agent "${agent.agentId}" is not online.`,
  );
  const waiting = await until(async () =>
    (await bed.runs(plan.id)).find(({ reason }) => reason?.startsWith('Agent')),
  );
  expect(waiting).toMatchObject({ state: 'waiting', attempts: 0 });
  await agent.comeOnline();
  const { order } = await agent.job();
  expect((await bed.runs(plan.id)).filter(({ state }) => state === 'queued')[0]!.id).toBe(order.runId);
});

test('two schedulers take each tick once', async () => {
  // The agent of this test takes its jobs and never reports: nobody is to wonder.
  const patient = { SETTLE_MS: '60000' };
  await Promise.all([bed.startScheduler(patient), bed.startScheduler(patient)]);
  const plans = await Promise.all([1, 2, 3, 4].map(() => planOfAgent({ schedule: everySecond })));
  await Promise.all(plans.map(({ id }) => bed.planChanged(id)));
  for (const plan of plans) {
    await until(async () => (await bed.runs(plan.id)).length >= 3);
    const ticks = (await bed.runs(plan.id)).map(({ scheduledFor }) => scheduledFor.getTime());
    expect(new Set(ticks).size).toBe(ticks.length);
    expect(Math.max(...ticks) - Math.min(...ticks)).toBe((ticks.length - 1) * 1000);
  }
  const ids = agent.jobs.map(({ order }) => `${order.runId}.${order.epoch}`);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toHaveLength(plans.length);
});
