import { randomUUID } from 'node:crypto';
import { AlertRuleInput, agentPresenceKey, type AlertView } from '@periodic-backup/contracts';
import { insertAlert, insertAlertRule, pausePlan, upsertAgents } from '@periodic-backup/ledger';
import { until } from '@periodic-backup/testing';
import { ALERT_PERIODS, AlertBed } from './alert-bed.js';
import { ScriptedVault } from './scripted-vault.js';
import { TestBed } from './test-bed.js';

let bed: TestBed;
let alerts: AlertBed;
const vaults: ScriptedVault[] = [];

beforeAll(async () => {
  bed = await TestBed.open();
  alerts = new AlertBed(bed);
});
afterEach(async () => {
  for (const vault of vaults.splice(0)) await vault.withdraw();
  await bed.reset();
  await alerts.clear();
});
afterAll(() => bed.close());

const start = (periods: Record<string, string> = {}) => bed.startScheduler({ ...ALERT_PERIODS, ...periods });
async function announced(fields: Parameters<ScriptedVault['announce']>[1] = {}): Promise<ScriptedVault> {
  const vault = new ScriptedVault(bed, randomUUID());
  vaults.push(vault);
  await vault.announce(fields.receiverId ?? 'cellar-1', fields);
  return vault;
}
const opened = (kind: string): Promise<AlertView> =>
  until(async () => (await alerts.alerts('open')).find((alert) => alert.kind === kind), {
    what: `an alert ${kind}`,
  });
const resolved = (kind: string): Promise<AlertView> =>
  until(async () => (await alerts.alerts('resolved')).find((alert) => alert.kind === kind), {
    what: `the end of an alert ${kind}`,
  });
/** Thresholds of seconds cannot be less than 15: rounds are. */
const shorten = (threshold: string): Promise<unknown> =>
  alerts.ledger.execute(`update alert_rules set thresholds = '{"${threshold}": 15}'`);

async function snapshot(planId: string, minutesAgo: number, counts: object, more = ''): Promise<void> {
  const all = {
    ...{ entries: 1, files: 100, bytes: 1e8, storedFiles: 1, storedBytes: 1, linkedFiles: 0 },
    ...{ copiedFiles: 0, problems: 0, ...counts },
  };
  await alerts.ledger.execute(
    `insert into snapshots (id, plan_id, vault_id, run_id, snapshot, previous, manifest_digest, counts, committed_at, agent_id, agent_folder, plan_folder)
     values (gen_random_uuid(), '${planId}', gen_random_uuid(), gen_random_uuid(), '2026-11-22T110500Z', '2026-11-22T100500Z', 'ab',
       '${JSON.stringify(all)}', now() - interval '${minutesAgo} minutes', 'agent', 'agent', 'plan')`,
  );
  if (more) await alerts.ledger.execute(`update snapshots set ${more} where plan_id = '${planId}'`);
}

test('an agent that falls silent is told of, and its return', async () => {
  await alerts.rule({ kinds: ['agent-silent'] });
  await shorten('agentSilentSeconds');
  const plan = await bed.addPlan();
  const [hourAgo, now] = [new Date(Date.now() - 3_600_000), new Date()];
  await upsertAgents(alerts.ledger, [{ id: plan.agentId, hostname: 'h', version: '1', seenAt: hourAgo }]);
  await start();
  const { subject, what, since } = await until(
    async () => (await alerts.alerts('open')).find(({ kind }) => kind === 'agent-silent'),
    { deadlineMs: 25_000, what: 'the silence to be noticed' },
  );
  // Nobody was listening before: only what was silent since counts.
  expect(Date.now() - now.getTime()).toBeGreaterThan(14_000);
  expect([subject, since]).toEqual([plan.agentId, hourAgo.toISOString()]);
  expect(what).toMatch(/^It was last heard of at .* UTC\. One plan depends on it\.$/);
  const presence = {
    ...{
      agentId: plan.agentId,
      hostname: 'h',
      allowedDirs: ['/srv'],
      backupDirs: [],
      restoreDirs: [],
      activeRuns: [],
      version: '1',
    },
    ...{ startedAt: new Date().toISOString(), seenAt: new Date().toISOString() },
  };
  await bed.redis.set(agentPresenceKey(plan.agentId), JSON.stringify(presence));
  expect((await resolved('agent-silent')).resolution).toBe(`Agent "${plan.agentId}" is back.`);
});

test('a vault whose receivers cannot write, or are gone, is told of', async () => {
  await alerts.rule({ kinds: ['receiver-gone'] });
  await shorten('receiverGoneSeconds');
  const good = await announced();
  await bed.addPlan({ vaultId: good.id });
  const vault = await announced({ receiverId: 'broken', vaultWritable: false });
  const plan = await bed.addPlan({ vaultId: vault.id });
  await bed.addPlan({ vaultId: randomUUID() });
  await start();
  const alert = await until(
    async () => (await alerts.alerts('open')).find(({ kind }) => kind === 'receiver-gone'),
    { deadlineMs: 25_000 },
  );
  expect(alert).toMatchObject({ subject: vault.id, subjectName: 'vault "cellar"', severity: 'critical' });
  expect(alert.what).toMatch(/No receiver of it can write to its target directory since/);
  expect(await alerts.alerts('open')).toHaveLength(1);
  await pausePlan(alerts.ledger, plan.id);
  expect((await resolved('receiver-gone')).resolution).toBe('No live plan needs it any more.');
});

test('a vault that runs out of space is told of, unless its snapshots are small beside what is left', async () => {
  await alerts.rule({ kinds: ['vault-space-low'] });
  const full = await announced({ freeBytes: 40e9, totalBytes: 1000e9 });
  const large = await bed.addPlan({ vaultId: full.id });
  await snapshot(large.id, 1, { bytes: 30e9 });
  const roomy = new ScriptedVault(bed, randomUUID());
  vaults.push(roomy);
  await roomy.announce('roomy-1', { freeBytes: 40e9, totalBytes: 1000e9 });
  const small = await bed.addPlan({ vaultId: roomy.id });
  await snapshot(small.id, 1, { bytes: 3e9 });
  await start();
  const { subject, what, severity } = await opened('vault-space-low');
  expect([subject, severity]).toEqual([full.id, 'warning']);
  expect(what).toMatch(/37\.3 GiB of 931 GiB are free \(4\.0 %\); .* 27\.9 GiB\.$/);
  expect(await alerts.alerts()).toHaveLength(1);
});

test.each([
  ['snapshot-shrank', { files: 0, bytes: 0 }, /The source is empty: .* usual are 100 files/],
  [
    'snapshot-grew',
    { files: 100, bytes: 9e8 },
    /holds 100 files with 858 MiB; usual are 100 files with 95\.4 MiB/,
  ],
  [
    'snapshot-changed',
    { storedFiles: 90 },
    /90 % of the files have new content \(90 of 100\); usual are 1\.0 %/,
  ],
])('%s is told of', async (kind, counts, what) => {
  await alerts.rule({ kinds: ['snapshot-shrank', 'snapshot-grew', 'snapshot-changed'] });
  const plan = await bed.addPlan();
  for (const minutesAgo of [5, 4, 3]) await snapshot(plan.id, minutesAgo, {});
  await snapshot(plan.id, 2, counts);
  await start();
  expect(await opened(kind)).toMatchObject({ subject: plan.id, what: expect.stringMatching(what) });
  await snapshot(plan.id, 1, {});
  await resolved(kind);
  expect(await alerts.alerts()).toHaveLength(1);
});

test('damage that a verification found is told of with an example', async () => {
  await alerts.rule({ kinds: ['verification-failed', 'plan-health'] });
  const plan = await bed.addPlan();
  const damages = [{ snapshot: '2026-11-22T110500Z', path: 'a/b.txt', what: 'Its digest differs.' }];
  await snapshot(plan.id, 1, {}, `damages = '${JSON.stringify(damages)}'`);
  await start();
  const alert = await opened('verification-failed');
  expect(alert.what).toBe(
    'A verification found one damage in one snapshot, for example "a/b.txt" of 2026-11-22T110500Z: Its digest differs.',
  );
  expect(alert.severity).toBe('critical');
  expect(await alerts.alerts()).toHaveLength(1);
  await alerts.ledger.execute('update snapshots set damages = null');
  await resolved('verification-failed');
});

test('the health of a plan is told of, but gives way to the run that explains it', async () => {
  await alerts.rule({ kinds: ['plan-health'] });
  const plan = await bed.addPlan({
    schedule: { kind: 'every', everySeconds: 31_000_000 },
    recoveryPointSeconds: 60,
  });
  await bed.change(plan, `created_at = now() - interval '1 day', due_from = now() - interval '1 day'`);
  await snapshot(plan.id, 10, {});
  await alerts.ended(plan, 'committed', 10);
  await start();
  const { what } = await opened('plan-health');
  expect(what).toMatch(/newest good snapshot is .* old; promised are at most/);
  await insertAlertRule(alerts.ledger, {
    ...AlertRuleInput.parse({ name: 'runs', kinds: ['run-failed'] }),
    id: randomUUID(),
  });
  await alerts.ended(plan, 'failed');
  await opened('run-failed');
  expect((await opened('plan-health')).what).toMatch(/failed/);
  await alerts.rule({ kinds: ['plan-health', 'run-failed'] });
  expect((await resolved('plan-health')).resolution).toBe('Another alert says more about it.');
  expect(await alerts.alerts('open')).toMatchObject([{ kind: 'run-failed' }]);
});

test('a task that failed is told of under its own name', async () => {
  await alerts.rule({ kinds: ['run-failed'] });
  const plan = await bed.addPlan();
  await alerts.ledger.execute(
    `insert into runs (id, plan_id, agent_id, kind, trigger, state, reason, scheduled_for, finished_at)
     values (gen_random_uuid(), '${plan.id}', 'agent', 'verify', 'schedule', 'failed', 'no disk', now(), now())`,
  );
  await start();
  expect(await opened('run-failed')).toMatchObject({
    subject: `${plan.id}:verify`,
    subjectName: `plan "${plan.name}" (verification)`,
    what: expect.stringMatching(/^The verification of .* failed: no disk\.$/),
    severity: 'warning',
  });
});

test('an alert whose cause comes and goes is one alert', async () => {
  await alerts.rule({ kinds: ['run-failed'] });
  const plan = await bed.addPlan();
  await alerts.ended(plan, 'failed', 3);
  await start({ ALERT_CALM_MS: '600000' });
  const { id } = await opened('run-failed');
  const calmSince = async (): Promise<unknown> => {
    const { rows } = await alerts.ledger.execute('select calm_since from alert_states');
    return rows[0]?.['calm_since'];
  };
  await alerts.ended(plan, 'committed', 2);
  await until(calmSince);
  await alerts.ended(plan, 'failed', 1);
  await until(async () => (await calmSince()) === null);
  expect(await alerts.alerts()).toMatchObject([{ id, resolvedAt: null }]);
});

test('while heartbeats cannot be trusted yet, what they told of stays as it is', async () => {
  await alerts.rule({ kinds: ['agent-silent', 'run-failed'] });
  const plan = await bed.addPlan();
  await insertAlert(alerts.ledger, {
    ...{ id: randomUUID(), kind: 'agent-silent', subject: plan.agentId, subjectName: 'agent', planId: null },
    ...{ severity: 'warning', what: 'what', advice: 'advice', since: new Date(), openedAt: new Date() },
    ...{ calmSince: null, resolvedAt: null, resolution: null },
  });
  await start({ SETTLE_MS: '600000' });
  await alerts.ended(plan, 'failed');
  await opened('run-failed');
  expect((await alerts.alerts('open')).map(({ kind }) => kind).sort()).toEqual([
    'agent-silent',
    'run-failed',
  ]);
});
