import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { LIVE_CHANNEL, LiveEvent, type Receipt, type RunEvent } from '@periodic-backup/contracts';
import {
  listAudit,
  listRunProblems,
  listSnapshots,
  readRunFacts,
  readVaultSamples,
} from '@periodic-backup/ledger';
import { connectRedis } from '@periodic-backup/platform';
import { TestMembers, until } from '@periodic-backup/testing';
import { COUNTS, ScriptedAgent } from './scripted-agent.js';
import { ScriptedVault } from './scripted-vault.js';
import { TestBed, logger } from './test-bed.js';

let bed: TestBed;
let agent: ScriptedAgent;
let vault: ScriptedVault;
let health: string;

beforeAll(async () => {
  bed = await TestBed.open();
});
beforeEach(async () => {
  agent = await ScriptedAgent.start(bed, `agent-${randomUUID().slice(0, 8)}`);
  vault = new ScriptedVault(bed, randomUUID());
  await vault.announce('cellar-1');
  // Nobody is to wonder at an agent that takes its time here.
  health = (await bed.startScheduler({ SETTLE_MS: '60000' })).healthUrl;
});
afterEach(async () => {
  await agent.close();
  await vault.withdraw();
  await bed.reset();
});
afterAll(() => bed.close());

async function startRun() {
  const plan = await bed.addPlan({ agentId: agent.agentId, vaultId: vault.id });
  const runId = await bed.requestRun(plan.id);
  const job = await agent.job(agent.jobs.length + 1);
  await agent.started(job);
  return { plan, runId, job };
}
const lost = { code: 'CONNECTION_LOST', message: 'the receiver went away', retryable: true };
const audited = async () => (await listAudit(bed.connection.ledger, { limit: 20 })).items;
const receiptEvent = (receipt: Receipt) => ({ type: 'receipt' as const, receipt });

test('a receipt closes the run, records the snapshot, and shows in events and figures', async () => {
  const subscriber = connectRedis(bed.redisServer.url, 'worker', logger);
  const seen: LiveEvent[] = [];
  subscriber.on('message', (_channel, text: string) => seen.push(LiveEvent.parse(JSON.parse(text))));
  await subscriber.subscribe(LIVE_CHANNEL);
  const { plan, runId, job } = await startRun();
  const { epoch, agentId } = job.order;
  const at = new Date().toISOString();
  await bed.report({ type: 'connected', runId, epoch, agentId, at, receiverId: 'cellar-1' });
  await agent.committed(job, vault);

  const run = await bed.runIn(runId, 'committed');
  expect(run).toMatchObject({
    ...COUNTS,
    reason: null,
    receiverId: 'cellar-1',
    snapshot: '2026-11-22T110500Z',
  });
  expect(run.finishedAt!.getTime()).toBeGreaterThanOrEqual(run.startedAt!.getTime());
  const snapshots = await listSnapshots(bed.connection.ledger, { planId: plan.id, limit: 10 });
  expect(snapshots.items).toMatchObject([{ runId, vaultId: vault.id, manifestDigest: 'ab'.repeat(32) }]);
  await until(() => seen.some((event) => event.type === 'run' && event.state === 'committed'));
  const states = seen.flatMap((event) => (event.type === 'run' ? [event.state] : []));
  expect([...new Set(states)]).toEqual(['waiting', 'queued', 'running', 'committed']);
  expect(await (await fetch(`${health}/metrics`)).text()).toMatch(
    /pbk_runs_ended_total\{state="committed",service="scheduler"\} 1/,
  );
  expect((await fetch(`${health}/readyz`)).status).toBe(200);
  subscriber.disconnect();
});

test('files that could not be stored make the run partial, and are listed', async () => {
  const { runId, job } = await startRun();
  const problems = [{ path: 'a\0b', code: 'EACCES', message: 'may not be read' }];
  const { epoch, agentId } = job.order;
  const counts = { ...COUNTS, filesFailed: 2 };
  const at = new Date().toISOString();
  const receipt = vault.receiptFor(job);
  await bed.report({ type: 'ended', runId, epoch, agentId, at, counts, problems, receipt, error: null });
  expect((await bed.runIn(runId, 'partial')).reason).toBe(
    '2 files or directories could not be stored as they should.',
  );
  const listed = await listRunProblems(bed.connection.ledger, runId, { limit: 10 });
  expect(listed.items).toEqual([{ path: 'a\u{fffd}b', code: 'EACCES', message: 'may not be read' }]);
});

test('a receiver that reports first leaves the run to its agent, whose report closes it', async () => {
  const { plan, runId, job } = await startRun();
  await bed.report(receiptEvent(vault.receiptFor(job)));
  await bed.reportsTaken();
  expect(await bed.runIn(runId, 'running')).toMatchObject({
    snapshot: '2026-11-22T110500Z',
    finishedAt: null,
  });
  const safe = await listSnapshots(bed.connection.ledger, { planId: plan.id, limit: 10 });
  expect(safe.items).toMatchObject([{ runId }]);
  await agent.committed(job, vault, { filesFailed: 1 });
  expect(await bed.runIn(runId, 'partial')).toMatchObject({ bytesStored: 90, filesFailed: 1 });
});

test('a run whose receiver reported and whose agent then failed is committed, not tried again', async () => {
  const { runId, job } = await startRun();
  await bed.report(receiptEvent(vault.receiptFor(job)));
  await bed.reportsTaken();
  await agent.failed(job, lost);
  expect(await bed.runIn(runId, 'committed', 'queued')).toMatchObject({ state: 'committed', attempts: 1 });
});

test('a retryable error is tried again under a higher epoch, and sent bytes add up', async () => {
  const { runId, job } = await startRun();
  await agent.failed(job, lost);
  const second = await agent.job(2);
  expect(second.order.runId).toBe(runId);
  expect(second.order.epoch).toBeGreaterThan(job.order.epoch);
  expect(await bed.runIn(runId, 'queued')).toMatchObject({ attempts: 2, bytesSentBefore: 100, bytesSent: 0 });
  await agent.committed(second, vault);
  expect(await bed.runIn(runId, 'committed')).toMatchObject({
    bytesSentBefore: 100,
    bytesSent: 100,
    error: null,
  });
  // What became of the first one is not forgotten.
  expect((await readRunFacts(bed.connection.ledger, runId))?.failedAttempts).toMatchObject([
    { attempt: 1, code: lost.code, message: lost.message },
  ]);
});

test('after the last attempt the run has failed, with what the last one said', async () => {
  const { runId } = await startRun();
  for (let attempt = 1; attempt <= 5; attempt++) await agent.failed(await agent.job(attempt), lost);
  const run = await bed.runIn(runId, 'failed');
  expect(run).toMatchObject({
    attempts: 5,
    reason: 'Gave up after 5 attempts. The last one: the receiver went away.',
    error: lost,
  });
});

test('an error that another attempt cannot help ends the run at once', async () => {
  const { runId, job } = await startRun();
  await agent.failed(job, { code: 'FORBIDDEN', message: '/srv is not allowed', retryable: false });
  expect(await bed.runIn(runId, 'failed')).toMatchObject({ attempts: 1, reason: '/srv is not allowed.' });
});

test('what an old attempt reports changes nothing, nor does the one that was fenced out', async () => {
  const { runId, job } = await startRun();
  await agent.failed(job, lost);
  const second = await agent.job(2);
  await agent.started(second);
  await agent.failed(job, { code: 'EPOCH_SUPERSEDED', message: 'old', retryable: false });
  await agent.failed(job, { code: 'FORBIDDEN', message: 'no', retryable: false });
  await agent.failed(second, { code: 'EPOCH_SUPERSEDED', message: 'its twin', retryable: false });
  await bed.reportsTaken();
  expect((await bed.runIn(runId, 'running')).error?.message).toBe('its twin');
  await agent.committed(second, vault);
  expect(await bed.runIn(runId, 'committed', 'failed')).toMatchObject({ state: 'committed', attempts: 2 });
});

test('a late receipt wins over a run that was given up', async () => {
  const { runId, job } = await startRun();
  await agent.failed(job, { code: 'INTERNAL', message: 'lost its head', retryable: false });
  await bed.runIn(runId, 'failed');
  await bed.report(receiptEvent(vault.receiptFor(job)));
  expect(await bed.runIn(runId, 'committed')).toMatchObject({ error: null, reason: null });
});

test.each([
  ['signed with another key', {}, generateKeyPairSync('ed25519').privateKey],
  ['of another plan', { planId: randomUUID() }, undefined],
  ['of an attempt that was never made', { epoch: 9_999_999_999_999 }, undefined],
])('a receipt %s is refused and fails the run of the agent that brought it', async (_what, changes, key) => {
  const { runId, job } = await startRun();
  const { epoch, agentId } = job.order;
  const receipt = vault.receiptFor(job, changes, key);
  await bed.report(receiptEvent({ ...receipt, runId }));
  const at = new Date().toISOString();
  await bed.report({
    type: 'ended',
    runId,
    epoch,
    agentId,
    at,
    counts: COUNTS,
    problems: [],
    receipt,
    error: null,
  });
  const run = await bed.runIn(runId, 'failed', 'committed');
  expect(run).toMatchObject({ state: 'failed', error: { code: 'RECEIPT_INVALID' }, receipt: null });
  expect(await audited()).toContainEqual(
    expect.objectContaining({ action: 'refused.receipt', object: `run/${runId}` }),
  );
});

test('a genuine receipt that is brought again for a later run fails that one, with a line in the audit log', async () => {
  const { plan, runId: earlier, job } = await startRun();
  const receipt = vault.receiptFor(job);
  await agent.committed(job, vault);
  await bed.runIn(earlier, 'committed');
  const runId = await bed.requestRun(plan.id);
  const { epoch, agentId } = (await agent.job(2)).order;
  const attempt = { runId, epoch, agentId, at: new Date().toISOString() };
  await bed.report({ type: 'ended', ...attempt, counts: COUNTS, problems: [], receipt, error: null });
  const run = await bed.runIn(runId, 'failed', 'committed');
  expect(run).toMatchObject({ state: 'failed', error: { code: 'RECEIPT_INVALID' }, receipt: null });
  expect(await audited()).toContainEqual(
    expect.objectContaining({
      ...{ action: 'refused.receipt', object: `run/${earlier}` },
      detail: expect.objectContaining({ reason: 'it is of another run' }),
    }),
  );
});

test('a report that was forged or comes again has no effect but a line in the audit log', async () => {
  const { runId, job } = await startRun();
  await bed.runIn(runId, 'running');
  const { epoch, agentId } = job.order;
  const [own, stolen] = [`agent-${agentId}`, 'agent-stolen'];
  const attempt = { runId, epoch, agentId, at: new Date().toISOString() };
  const end: RunEvent = {
    ...{ type: 'ended', ...attempt, counts: COUNTS, problems: [], receipt: null },
    error: { code: 'CANCELLED', message: 'stopped', retryable: false },
  };
  const before = (await audited())[0]?.sequence ?? 0;
  const alive = bed.signed({ type: 'alive', ...attempt, counts: COUNTS });
  await bed.put(alive, own);
  for (const [payload, sender] of [
    // The form of before, or of somebody who guesses.
    [end, own],
    [{ ...bed.signed(end), signature: alive.signature }, own],
    // A certificate that another authority made for this very name.
    [new TestMembers().signedBy(agentId, end), own],
    // A member of ours, with its own key, through its own user in Redis.
    [bed.members.signedBy('stolen', end), stolen],
    [bed.signed(end), stolen],
    [bed.members.signedBy('stolen', receiptEvent(vault.receiptFor(job))), stolen],
    // Genuine, heard before.
    [alive, own],
  ] as const)
    await bed.put(payload, sender);
  await bed.reportsTaken();
  expect((await bed.runIn(runId, 'running', 'cancelled', 'committed')).state).toBe('running');
  const lines = (await audited()).filter(({ sequence }) => sequence > before);
  expect(lines.map(({ action }) => action)).toEqual(Array(7).fill('refused.report'));
  expect(new Set(lines.map(({ detail }) => detail['reason']))).toEqual(
    new Set([
      'it has not the form of a signed report',
      'the signature is not that of its agent',
      'its certificate is not of our authority',
      `agent "stolen" speaks for "${agentId}"`,
      'it was sent by agent-stolen',
      'only a vault tells of receipts by themselves',
      'it was heard before: a replay',
    ]),
  );
});

test('a receiver with another key for a known vault is offered nothing', async () => {
  await startRun();
  const impostor = new ScriptedVault(bed, vault.id);
  await impostor.announce('cellar-2');
  const { job } = await startRun();
  expect(job.receivers.map(({ receiverId }) => receiverId)).toEqual(['cellar-1']);
  await impostor.withdraw();
});

test('the space of every vault is noted once an hour', async () => {
  await bed.startScheduler({ VAULT_SAMPLE_INTERVAL_MS: '10' });
  const period = {
    from: new Date(Date.now() - 7_200_000),
    to: new Date(Date.now() + 7_200_000),
    points: 500,
  };
  const samples = await until(
    async () => {
      const found = await readVaultSamples(bed.connection.ledger, vault.id, period);
      return found.length > 0 && found;
    },
    { what: 'a sample' },
  );
  expect(samples).toHaveLength(1);
  expect(samples[0]).toMatchObject({ snapshots: 0, storedBytes: 0, totalBytes: expect.any(Number) });
});
