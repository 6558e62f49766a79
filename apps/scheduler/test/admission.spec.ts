import { randomUUID } from 'node:crypto';
import { Bandwidth, type RunJob } from '@periodic-backup/contracts';
import { setAgentBandwidth, setVaultLimits, type PlanRow, type RunRow } from '@periodic-backup/ledger';
import { until } from '@periodic-backup/testing';
import { ScriptedAgent } from './scripted-agent.js';
import { ScriptedVault } from './scripted-vault.js';
import { TestBed } from './test-bed.js';

let bed: TestBed;
let agent: ScriptedAgent;
let vault: ScriptedVault;
const HOUR_MS = 3_600_000;
const never = { kind: 'cron', cron: '0 0 29 2 *', timezone: 'UTC' } as const;
/** The agent says nothing between its jobs, however long a busy machine takes. */
const PATIENT = { SETTLE_MS: '60000', AGENT_SILENCE_MS: '60000' };
const everyHour = { kind: 'every', everySeconds: 3600 } as const;

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

const limitRuns = (maxRuns: number | null) => setVaultLimits(bed.connection.ledger, vault.id, { maxRuns });
const planOfAgent = (fields: Parameters<TestBed['addPlan']>[0] = {}) =>
  bed.addPlan({ agentId: agent.agentId, vaultId: vault.id, schedule: never, ...fields });

async function activeRuns(): Promise<number> {
  const { rows } = await bed.connection.ledger.execute<{ active: string }>(
    `select count(*) as active from runs where state in ('queued', 'running')`,
  );
  return Number(rows[0]?.active);
}

/** The one run of a plan once it says why it waits. */
function waitingFor(plan: PlanRow, reason: RegExp): Promise<RunRow> {
  return until(
    async () =>
      (await bed.runs(plan.id)).find((run) => run.state === 'waiting' && reason.test(run.reason ?? '')),
    { what: `a run that waits because ${reason.source}` },
  );
}

test('30 plans due at once never exceed the limit of their vault under two schedulers, and all end', async () => {
  await limitRuns(3);
  const plans: PlanRow[] = [];
  for (let n = 0; n < 30; n++)
    plans.push(await planOfAgent({ schedule: everyHour, dueFrom: new Date(Date.now() - HOUR_MS) }));
  await Promise.all([bed.startScheduler(PATIENT), bed.startScheduler(PATIENT)]);

  let most = 0;
  for (let served = 0; served < plans.length; served++) {
    const job = await until(
      async () => {
        most = Math.max(most, await activeRuns());
        return agent.jobs[served];
      },
      { what: `job ${served + 1}`, intervalMs: 5 },
    );
    await agent.committed(job, vault);
  }
  await until(async () => {
    most = Math.max(most, await activeRuns());
    return (await activeRuns()) === 0;
  });
  expect(most).toBe(3);
  const runs = await Promise.all(plans.map(({ id }) => bed.runs(id)));
  expect(runs.flat().map(({ state }) => state)).toEqual(plans.map(() => 'committed'));
});

test('what is held back says so, and goes in the order in which it was due', async () => {
  await limitRuns(1);
  await bed.startScheduler({ RECONCILE_INTERVAL_MS: '60000' });
  const first = await planOfAgent();
  await bed.requestRun(first.id);
  const running = await agent.job();
  const later = [];
  for (let n = 0; n < 4; n++) {
    const plan = await planOfAgent();
    await bed.requestRun(plan.id);
    const run = await waitingFor(plan, /^Waits: vault "cellar" runs 1 of 1 at once\.$/);
    expect(run.heldBack).toBe(true);
    later.push({ plan, run });
  }
  // The younger ones have been due for longer.
  for (const [n, { run }] of later.entries())
    await bed.change(run, `scheduled_for = '${new Date(Date.now() - n * HOUR_MS).toISOString()}'`);
  let job: RunJob = running;
  for (let n = 0; n < 4; n++) {
    await agent.committed(job, vault);
    job = await agent.job(n + 2);
  }
  const order = agent.jobs.slice(1).map(({ order: { planId } }) => planId);
  expect(order).toEqual(later.map(({ plan }) => plan.id).reverse());
});

test('one that comes due now does not pass one that has been held back', async () => {
  await limitRuns(1);
  // Its rounds are rare: what is sent is sent by what happens.
  await bed.startScheduler({ RECONCILE_INTERVAL_MS: '60000', DISPATCH_INTERVAL_MS: '60000' });
  const [first, second, third] = [await planOfAgent(), await planOfAgent(), await planOfAgent()];
  await bed.requestRun(first.id);
  await agent.job();
  await bed.requestRun(second.id);
  await waitingFor(second, /runs 1 of 1/);
  await limitRuns(2);
  await bed.requestRun(third.id);
  expect((await agent.job(2)).order.planId).toBe(second.id);
  await waitingFor(third, /serves runs first that were due earlier|runs 2 of 2/);
  await agent.committed(await agent.job(1), vault);
  expect((await agent.job(3)).order.planId).toBe(third.id);
});

test('a limit that is taken away lets everything go', async () => {
  await limitRuns(1);
  await bed.startScheduler();
  const plans = [await planOfAgent(), await planOfAgent(), await planOfAgent()];
  for (const plan of plans) await bed.requestRun(plan.id);
  await agent.job();
  await limitRuns(null);
  await agent.job(3);
});

test('a run held back keeps its place when the next tick comes: that one is missed, with the reason', async () => {
  await limitRuns(1);
  await bed.startScheduler(PATIENT);
  const busy = await planOfAgent();
  await bed.requestRun(busy.id);
  const running = await agent.job();
  const plan = await planOfAgent({ schedule: { kind: 'every', everySeconds: 1 } });
  await bed.planChanged(plan.id);
  const held = await waitingFor(plan, /runs 1 of 1/);
  const missed = await until(async () => (await bed.runs(plan.id)).find(({ state }) => state === 'missed'));
  expect(missed.reason).toContain('had not had its turn yet: Waits: vault "cellar" runs 1 of 1 at once.');
  expect(missed.scheduledFor > held.scheduledFor).toBe(true);
  await agent.committed(running, vault);
  expect((await agent.job(2)).order.runId).toBe(held.id);
});

test('a run that waits for more than its turn gives way to the next tick as ever', async () => {
  await limitRuns(1);
  await bed.startScheduler(PATIENT);
  const busy = await planOfAgent();
  await bed.requestRun(busy.id);
  await agent.job();
  const plan = await planOfAgent({ schedule: { kind: 'every', everySeconds: 1 } });
  await bed.planChanged(plan.id);
  const held = await waitingFor(plan, /runs 1 of 1/);
  await agent.goOffline();
  const displaced = await bed.runIn(held.id, 'missed');
  expect(displaced.reason).toMatch(/^Could not start before the next due time: Agent ".*" is not online\.$/);
});

test('scheduled starts are spread and say so; a start by hand is not', async () => {
  await bed.startScheduler({ START_JITTER_SECONDS: '3600' });
  const dueFrom = new Date(Date.now() - 1000);
  const everyTwentySeconds = { kind: 'every', everySeconds: 20 } as const;
  const plans: PlanRow[] = [];
  for (let n = 0; n < 20; n++) plans.push(await planOfAgent({ schedule: everyTwentySeconds, dueFrom }));
  await Promise.all(plans.map(({ id }) => bed.planChanged(id)));
  const spread = await until(
    async () =>
      (await Promise.all(plans.map(({ id }) => bed.runs(id)))).flat().find(({ notBefore }) => notBefore),
    { what: 'a run with a place in the spread', deadlineMs: 25_000 },
  );
  expect(spread).toMatchObject({ state: 'waiting', heldBack: true, attempts: 0 });
  expect(spread.reason).toMatch(/^Waits for its place in the start spread until \d\d:\d\d:\d\d UTC\.$/);
  const delayMs = spread.notBefore!.getTime() - spread.scheduledFor.getTime();
  expect(delayMs).toBeGreaterThan(0);
  expect(delayMs).toBeLessThan(2000);

  const byHand = await planOfAgent();
  await bed.requestRun(byHand.id);
  await until(() => agent.jobs.some(({ order }) => order.planId === byHand.id));
  await until(() => agent.jobs.some(({ order }) => order.runId === spread.id));
  const sent = await bed.runIn(spread.id, 'queued');
  expect(sent.queuedAt! >= spread.notBefore!).toBe(true);
});

test('a job carries the bandwidths of its plan, bound to the ticket, and of its agent', async () => {
  const bandwidth = Bandwidth.parse({ bytesPerSecond: 5000 });
  const ofAgent = Bandwidth.parse({ bytesPerSecond: 9000, timezone: 'Europe/Berlin' });
  await setAgentBandwidth(bed.connection.ledger, agent.agentId, ofAgent);
  await bed.startScheduler();
  const [limited, free] = [await planOfAgent({ bandwidth }), await planOfAgent()];
  await bed.requestRun(limited.id);
  const job = await agent.job();
  expect([job.order.bandwidth, job.limits]).toEqual([bandwidth, { agent: ofAgent }]);
  await setAgentBandwidth(bed.connection.ledger, agent.agentId, null);
  await bed.requestRun(free.id);
  const next = await agent.job(2);
  expect([next.order.bandwidth, next.limits]).toEqual([undefined, { agent: null }]);
});
