import { randomUUID } from 'node:crypto';
import { nextDueTime } from '@periodic-backup/contracts';
import { deletePlan } from '@periodic-backup/ledger';
import { startPostgres, until, type TestServer } from '@periodic-backup/testing';
import { COUNTS, ScriptedAgent } from './scripted-agent.js';
import { ScriptedVault } from './scripted-vault.js';
import { TestBed } from './test-bed.js';

let postgres: TestServer;
let bed: TestBed;
let agent: ScriptedAgent;
let vault: ScriptedVault;

beforeAll(async () => {
  postgres = await startPostgres();
  bed = await TestBed.open(postgres);
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

async function startRun(environment: Record<string, string> = {}) {
  const scheduler = await bed.startScheduler(environment);
  const plan = await bed.addPlan({ agentId: agent.agentId, vaultId: vault.id });
  const runId = await bed.requestRun(plan.id);
  const job = await agent.job();
  await agent.started(job);
  return { scheduler, plan, runId, job };
}

test('a wiped Redis gets its triggers back and the schedule goes on', async () => {
  await bed.startScheduler();
  const schedule = { kind: 'every', everySeconds: 1 } as const;
  const plan = await bed.addPlan({ agentId: agent.agentId, vaultId: vault.id, schedule });
  const trigger = `pbk:{ticks}:ticks:repeat`;
  await until(() => bed.redis.zscore(trigger, plan.id));
  await bed.redis.flushall();
  await until(() => bed.redis.zscore(trigger, plan.id));
  await agent.beat();
  await until(async () => (await bed.runs(plan.id)).length >= 3);
});

test('a trigger that is stuck, wrong or not wanted any more is put right', async () => {
  const key = 'pbk:{ticks}:ticks:repeat';
  const period = (everySeconds: number) => ({ kind: 'every', everySeconds }) as const;
  const plan = await bed.addPlan({ schedule: period(3600) });
  await bed.startScheduler();
  const nextTick = (): Promise<number> => until(async () => Number(await bed.redis.zscore(key, plan.id)));
  const due = nextDueTime(period(3600), new Date()).getTime();
  expect(await nextTick()).toBe(due);

  await bed.redis.zadd(key, 1000, plan.id);
  const mended = await until(async () => {
    const next = await nextTick();
    return next > Date.now() ? next : null;
  });
  expect(mended % 3_600_000).toBe(0);

  await bed.change(plan, `schedule = '{"kind":"cron","cron":"0 0 1 1 *","timezone":"Europe/Berlin"}'`);
  await until(async () => new Date(await nextTick()).toISOString().endsWith('-12-31T23:00:00.000Z'));

  await deletePlan(bed.connection.ledger, plan.id);
  await until(async () => (await bed.redis.zscore(key, plan.id)) === null);
});

test('after the clock was set back an attempt still gets a higher epoch', async () => {
  const { plan, job, runId } = await startRun({ SETTLE_MS: '60000' });
  await agent.committed(job, vault);
  const ahead = Date.now() + 86_400_000;
  await bed.change(await bed.runIn(runId, 'committed'), `epoch = ${ahead}`);
  await bed.requestRun(plan.id);
  expect((await agent.job(2)).order.epoch).toBe(ahead + 1);
});

test('a queued run whose job was wiped is sent again, same attempt', async () => {
  await agent.holdJobs();
  await bed.startScheduler();
  const plan = await bed.addPlan({ agentId: agent.agentId, vaultId: vault.id });
  const runId = await bed.requestRun(plan.id);
  const { epoch } = await bed.runIn(runId, 'queued');
  await bed.redis.flushall();
  await Promise.all([agent.beat(), vault.announce('cellar-1')]);
  const jobKey = `pbk:{agent-${agent.agentId}}:agent-${agent.agentId}:${runId}.${epoch}`;
  await until(() => bed.redis.exists(jobKey));
  expect(await bed.runIn(runId, 'queued')).toMatchObject({ attempts: 1, epoch });
});

test('a crash between the row and the job is repaired', async () => {
  const first = await bed.startScheduler();
  const plan = await bed.addPlan({ agentId: agent.agentId, vaultId: vault.id });
  await agent.goOffline();
  const runId = await bed.requestRun(plan.id);
  const run = await bed.runIn(runId, 'waiting');
  await first.close();
  await bed.change(run, `state = 'queued', attempts = 1, epoch = 77, queued_at = now() - interval '5 s'`);
  await agent.comeOnline();
  await bed.startScheduler();
  expect((await agent.job()).order).toMatchObject({ runId, epoch: 77 });
});

test('a run whose agent goes silent is sent again under a higher epoch', async () => {
  const { runId, job } = await startRun();
  const second = await agent.job(2);
  expect(second.order.runId).toBe(runId);
  expect(second.order.epoch).toBeGreaterThan(job.order.epoch);
});

test('a run that its agent names or speaks of is left alone', async () => {
  const { runId, job } = await startRun();
  agent.activeRuns = [runId];
  await agent.beat();
  const { epoch, agentId } = job.order;
  const soon = new Date(Date.now() + 60_000).toISOString();
  await bed.report({ type: 'alive', runId, epoch, agentId, at: soon, counts: COUNTS });
  await until(async () => (await bed.runIn(runId, 'running')).bytesSent === COUNTS.bytesSent);
  agent.activeRuns = [];
  await agent.beat();
  const before = Date.now();
  await until(() => Date.now() - before > 600);
  expect(await bed.runIn(runId, 'running')).toMatchObject({ attempts: 1 });
});

test('a silent run out of attempts has failed', async () => {
  const { runId } = await startRun({ MAX_ATTEMPTS: '1' });
  expect((await bed.runIn(runId, 'failed')).reason).toMatch(
    /^Gave up after 1 attempts. .* said nothing of the run/,
  );
});

test('an agent that dies leaves no running run behind', async () => {
  const { runId } = await startRun({ AGENT_SILENCE_MS: '600000' });
  await agent.goOffline();
  const run = await bed.runIn(runId, 'waiting');
  expect(run.attempts).toBe(1);
  await until(async () => (await bed.runIn(runId, 'waiting')).reason?.includes('is not online'));
});

test('an agent that starts anew gets back at once what it was doing before', async () => {
  const { runId } = await startRun({ AGENT_SILENCE_MS: '600000', RETRY_DELAYS_MS: '600000' });
  const { agentId } = agent;
  await bed.report({ type: 'agent-started', agentId, at: new Date().toISOString(), runIds: [runId] });
  await bed.report({
    type: 'agent-started',
    agentId,
    at: '2020-01-01T00:00:00.000Z',
    runIds: [],
  });
  await bed.reportsTaken();
  expect(await bed.runIn(runId, 'running')).toMatchObject({ attempts: 1 });
  await bed.report({ type: 'agent-started', agentId, at: new Date().toISOString(), runIds: [] });
  const second = await agent.job(2);
  expect(second.order.runId).toBe(runId);
  expect(await bed.runIn(runId, 'queued')).toMatchObject({ attempts: 2 });
});

test('a queued run whose agent leaves without taking it waits again, its attempt unspent', async () => {
  await agent.holdJobs();
  await bed.startScheduler();
  const plan = await bed.addPlan({ agentId: agent.agentId, vaultId: vault.id });
  const runId = await bed.requestRun(plan.id);
  await bed.runIn(runId, 'queued');
  await agent.goOffline();
  expect(await bed.runIn(runId, 'waiting')).toMatchObject({
    attempts: 0,
    reason: `Agent "${agent.agentId}" is not online.`,
  });
});

test('a run between two attempts takes the place of the tick behind it', async () => {
  const { plan, job, runId } = await startRun({ RETRY_DELAYS_MS: '600000', SETTLE_MS: '60000' });
  await bed.change(
    plan,
    `schedule = '{"kind":"every","everySeconds":3600}', due_from = now() - interval '1 hour'`,
  );
  const behind = await until(async () =>
    (await bed.runs(plan.id)).find(({ trigger }) => trigger === 'schedule'),
  );
  expect(behind).toMatchObject({ state: 'waiting' });
  await agent.failed(job, { code: 'TOO_SLOW', message: 'too slow', retryable: true });
  expect((await bed.runIn(behind.id, 'missed')).reason).toMatch(/tried again and takes its place/);
  expect((await bed.runIn(runId, 'waiting')).reason).toBe('Attempt 1 of 5 ended: too slow.');
});

test('while Redis is away a due run waits and says so, and goes when it is back', async () => {
  await bed.startScheduler();
  await bed.redisServer.kill();
  const schedule = { kind: 'every', everySeconds: 3600 } as const;
  const dueFrom = new Date(Date.now() - 3_600_000);
  const plan = await bed.addPlan({ agentId: agent.agentId, vaultId: vault.id, schedule, dueFrom });
  const [run] = await until(async () => {
    const runs = await bed.runs(plan.id);
    return runs[0]?.reason ? runs : null;
  });
  expect(run).toMatchObject({ state: 'waiting', reason: 'Redis is not reachable.' });
  await bed.redisServer.restart();
  await agent.beat();
  expect((await agent.job()).order.runId).toBe(run!.id);
});

test('a report that comes while PostgreSQL is away is taken when it is back', async () => {
  const { runId, job } = await startRun({ SETTLE_MS: '60000' });
  await postgres.kill();
  await agent.committed(job, vault);
  await until(async () => (await bed.reports('active')) + (await bed.reports('failed')) > 0);
  await postgres.restart();
  await bed.runIn(runId, 'committed');
});
