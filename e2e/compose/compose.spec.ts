import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Plan, Run } from '@periodic-backup/contracts';
import {
  describeTree,
  differences,
  makeLargeFile,
  makeManyFiles,
  temporaryDirectory,
  until,
  type TemporaryDirectory,
} from '@periodic-backup/testing';
import { AdminClient } from './admin-client.js';
import { RunAfterRun } from './run-after-run.js';
import { ComposeStack, ROOT, SERVICES } from './compose-stack.js';
import { copyOut, stagedPaths } from './vault-volume.js';

// One stack for all tests, in order, as its life would go: each finds what the one before left.

const LARGE_MIB = 256;
const MANY = { files: 2000, sizeBytes: 10_000 };
const LOAD_MIB = 32;
const LOADS = ['load-a', 'load-b'];

let folder: TemporaryDirectory;
let source: string;
let stack: ComposeStack;
let api: AdminClient;
let plan: Plan;
let firstRun: Run;
let firstContent: Map<string, string>;

async function planFor(name: string): Promise<Plan> {
  const [receiver] = await api.receiversOnline((await stack.containers('receiver')).length);
  return api.createPlan({
    name,
    agentId: 'compose-e2e',
    sourceDir: `/source/${name}`,
    // Never due by itself.
    schedule: { kind: 'cron', cron: '0 0 1 1 *', timezone: 'UTC' },
    vaultId: receiver?.vaultId ?? '',
  });
}

async function expectSafe(run: Run, expected: Map<string, string>): Promise<void> {
  expect(run).toMatchObject({ state: 'committed', error: null });
  const copy = await copyOut(stack, run);
  expect(differences(expected, describeTree(copy))).toEqual([]);
  rmSync(copy, { recursive: true });
}

beforeAll(async () => {
  folder = await temporaryDirectory();
  source = join(folder.path, 'source');
  for (const name of ['documents', ...LOADS]) mkdirSync(join(source, name), { recursive: true });
  makeManyFiles(join(source, 'documents'), MANY.files, MANY.sizeBytes);
  chmodSync(source, 0o755);
  stack = new ComposeStack(`pbk-e2e-${process.pid}`, folder.path, {
    SOURCE_DIR: source,
    AGENT_ID: 'compose-e2e',
    DRAIN_DEADLINE_SECONDS: '3',
    RECEIVER_STOP_GRACE_PERIOD: '30s',
    // Little, so that a run lasts long enough to be disturbed on any machine.
    AGENT_CPUS: '0.5',
    RECEIVER_CPUS: '0.5',
  });
  await stack.build();
  await stack.up(2);
  api = new AdminClient(await stack.apiUrl(), stack.apiToken);
}, 600_000);

afterAll(async () => {
  await stack?.remove();
  await folder?.remove();
});

it('comes up healthy, and no container has rights or room beyond its task', async () => {
  const containers = await stack.containers();
  expect(containers.length).toBe(7);
  for (const container of containers) {
    expect(container.State).toMatchObject({ Status: 'running', Health: { Status: 'healthy' } });
    expect(container.Config.User).toMatch(/^(node|[1-9]\d*:[1-9]\d*)$/);
    expect(container.HostConfig).toMatchObject({
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges:true'],
      Init: true,
      RestartPolicy: { Name: 'unless-stopped' },
      LogConfig: { Config: { 'max-size': '10m', 'max-file': '5' } },
    });
    expect(container.HostConfig.Memory).toBeGreaterThan(0);
    expect(container.HostConfig.NanoCpus).toBeGreaterThan(0);
    expect(container.HostConfig.PidsLimit).toBeGreaterThan(0);
  }
});

it('backs up what a plan made by REST names', async () => {
  await expect(new AdminClient(await stack.apiUrl(), 'guessed').plans()).rejects.toThrow('401');
  plan = await planFor('documents');
  firstRun = await api.ended(await api.runNow(plan));
  firstContent = describeTree(join(source, 'documents'));
  await expectSafe(firstRun, firstContent);
}, 300_000);

it('shows every metric that the dashboard and the alerts name', async () => {
  const shown = (await Promise.all(SERVICES.map((service) => stack.metrics(service)))).join('\n');
  const files = ['grafana/dashboards/periodic-backup.json', 'prometheus/alerts.yml'];
  const named = files.flatMap(
    (file) => readFileSync(join(ROOT, 'deploy', file), 'utf8').match(/pbk_\w+/g) ?? [],
  );
  const missing = named.filter((name) => !shown.includes(`# TYPE ${name.replace(/_bucket$/, '')} `));
  expect(missing).toEqual([]);
  for (const service of SERVICES) expect(shown).toContain(`{service="${service}"}`);
});

it('ends a run on another receiver when its own is killed, and sends nothing twice', async () => {
  makeLargeFile(join(source, 'documents', 'large.bin'), LARGE_MIB);
  const neededBytes = LARGE_MIB << 20;
  const sentBefore = await stack.bytesSent('sender-agent');
  const runId = await api.runNow(plan);
  await until(async () => (await stack.bytesSent('sender-agent')) - sentBefore > neededBytes / 3, {
    deadlineMs: 60_000,
    what: 'a third of the bytes on the wire',
  });
  const underWay = await api.run(runId);
  const victim = (await stack.containers('receiver')).find((one) =>
    underWay.receiverId?.includes(one.Id.slice(0, 12)),
  );
  if (!victim) throw new Error(`Run ${runId} is ${underWay.state} at receiver ${underWay.receiverId}.`);
  await stack.kill(victim);

  const run = await api.ended(runId);
  expect(run.receiverId).not.toBe(underWay.receiverId);
  await expectSafe(run, describeTree(join(source, 'documents')));
  expect(run.counts.bytesSent).toBeLessThan(neededBytes * 1.1);
  expect((await stack.bytesSent('sender-agent')) - sentBefore).toBeLessThan(neededBytes * 1.1);
  await expectSafe(firstRun, firstContent);
}, 300_000);

it('scales to five receivers and back to one while runs are under way', async () => {
  await stack.scaleReceivers(1);
  const plans = [];
  for (const name of LOADS) plans.push(await planFor(name));
  const sentBefore = await stack.bytesSent('sender-agent');
  const load = plans.map((one) => new RunAfterRun(api, one, join(source, one.name), LOAD_MIB));
  await stack.scaleReceivers(5);
  await api.receiversOnline(5);
  await Promise.all(load.map((one) => one.next()));
  await stack.scaleReceivers(1);
  await api.receiversOnline(1);
  await Promise.all(load.map((one) => one.next()));
  const done = (await Promise.all(load.map((one) => one.stop()))).flat();

  for (const { run, content } of done) await expectSafe(run, content);
  expect(new Set(done.map(({ run }) => run.receiverId)).size).toBeGreaterThan(1);
  const sentBytes = (await stack.bytesSent('sender-agent')) - sentBefore;
  expect(sentBytes).toBeLessThan(done.length * (LOAD_MIB << 20) * 1.1);
  expect(await stagedPaths(stack)).toEqual([]);
}, 600_000);

it('gives lost files back from the vault volume by hand', async () => {
  const lost = join(source, 'documents');
  rmSync(join(lost, 'd0000'), { recursive: true });
  const copy = await copyOut(stack, firstRun);
  execFileSync('cp', ['-a', join(copy, 'd0000'), lost]);
  rmSync(join(lost, 'large.bin'));
  expect(differences(firstContent, describeTree(lost))).toEqual([]);
});

it('gives a snapshot back by the client in a container, into the place for restores', async () => {
  const pbk = (...args: string[]) => stack.compose('exec', '-T', 'admin-api', 'pbk', ...args);
  expect(await pbk('restore', plan.name, 'd0001', '--to', '/restored/some')).toContain('committed');
  const listed = await stack.compose('exec', '-T', 'sender-agent', 'ls', '/restored/some/d0001');
  expect(listed.trim().split('\n')).toHaveLength(100);
  expect(await stack.compose('exec', '-T', 'receiver', 'pbk', 'vault', 'ls', '--vault', '/vault')).toContain(
    firstRun.snapshot,
  );
});

it('keeps plans, runs, keys and snapshots when every container is replaced', async () => {
  const before = { plans: await api.plans(), runs: await api.runs(), snapshots: await api.snapshots() };
  await stack.down();
  await stack.up(1);
  api = new AdminClient(await stack.apiUrl(), stack.apiToken);
  expect({ plans: await api.plans(), runs: await api.runs(), snapshots: await api.snapshots() }).toEqual(
    before,
  );
  await expectSafe(firstRun, firstContent);

  await api.receiversOnline(1);
  const run = await api.ended(await api.runNow(plan));
  await expectSafe(run, firstContent);
  // The hundred files that a person copied back have another change time: they come again, the others do not.
  expect(run.counts.bytesSent).toBeLessThan((MANY.files * MANY.sizeBytes) / 10);
}, 600_000);
