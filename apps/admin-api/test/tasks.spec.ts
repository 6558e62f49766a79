import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import {
  RUN_REQUESTS,
  queuePrefix,
  vaultQueue,
  type DrillView,
  type Plan,
  type Problem,
  type SnapshotView,
} from '@periodic-backup/contracts';
import { unansweredStarts } from '@periodic-backup/ledger';
import { temporaryDirectory, until, type TemporaryDirectory } from '@periodic-backup/testing';
import { Queue } from 'bullmq';
import { TestApi, VAULT_ID, planBody, startServers, type Servers } from './test-api.js';

let servers: Servers;
let keys: TemporaryDirectory;
let api: TestApi;
let plan: Plan;
let snapshot: string;
beforeAll(async () => {
  [servers, keys] = await Promise.all([startServers(), temporaryDirectory()]);
  api = await TestApi.start(servers, {
    TICKET_PRIVATE_KEY_FILE: join(keys.path, 'ticket.key'),
    TICKET_PUBLIC_KEY_FILE: join(keys.path, 'ticket.pub'),
  });
});
beforeEach(async () => {
  await api.announceAgent();
  await api.announceReceiver();
  plan = (await api.call<Plan>('POST', '/api/v1/plans', planBody())).body;
  snapshot = await api.addSnapshot({ plan_id: `'${plan.id}'` });
});
afterEach(() => api.clear());
afterAll(async () => {
  await api.close();
  await servers.stop();
  await keys.remove();
});

interface Accepted {
  readonly runId: string;
}
const ask = (path: string, body?: unknown) => api.call<Accepted & Problem>('POST', `/api/v1/${path}`, body);
const restore = (body: unknown) => ask(`snapshots/${snapshot}/restore`, body);
const wishes = () => unansweredStarts(api.connection.ledger);

test('a restore is written down with what it does, and the scheduler is told', async () => {
  const queue = new Queue(RUN_REQUESTS, {
    connection: { url: servers.redis.url },
    prefix: queuePrefix(RUN_REQUESTS),
  });
  const answer = await restore({
    destination: '/srv/restored',
    paths: ['docs/', '/a b', { pathBytes: Buffer.from([0x66, 0xff]).toString('base64') }],
    conflict: 'rename',
  });
  expect(answer.status).toBe(202);
  const [wish] = await wishes();
  expect(wish).toMatchObject({
    planId: plan.id,
    runId: answer.body.runId,
    task: {
      kind: 'restore',
      snapshot: '2026-11-22T110500Z',
      agentId: 'laptop',
      paths: [Buffer.from('docs'), Buffer.from('a b'), Buffer.from([0x66, 0xff])].map((path) =>
        path.toString('base64'),
      ),
      destination: '/srv/restored',
      conflict: 'rename',
      dryRun: false,
    },
  });
  const jobs = await until(async () => (await queue.getWaitingCount()) > 0 && queue.getWaiting());
  expect(jobs[0]!.data).toEqual({ requestId: wish!.id });
  await queue.close();
});

test('in place is where the plan reads from; a restore fails at a conflict unless told otherwise', async () => {
  expect((await restore({ inPlace: true, dryRun: true })).status).toBe(202);
  expect((await wishes())[0]!.task).toMatchObject({
    destination: '/srv/documents',
    conflict: 'fail',
    dryRun: true,
    paths: null,
  });
});

test('restores stand beside each other, also of a plan that was deleted', async () => {
  await api.call('DELETE', `/api/v1/plans/${plan.id}`);
  expect((await restore({ destination: '/srv/a' })).status).toBe(202);
  expect((await restore({ inPlace: true })).status).toBe(202);
  expect(await wishes()).toHaveLength(2);
});

test.each<[string, Record<string, unknown>, number, string, RegExp]>([
  ['neither place', {}, 400, 'destination', /is needed/],
  ['both places', { destination: '/srv/a', inPlace: true }, 400, 'destination', /never both/],
  ['a place that is not absolute', { destination: 'a' }, 400, 'destination', /absolute/],
  ['no path at all', { destination: '/a', paths: [] }, 400, 'paths', /./],
  ['a path that climbs', { destination: '/a', paths: ['ok', '../b'] }, 422, 'paths.1', /"\.\."/],
  ['an unknown rule', { destination: '/a', conflict: 'merge' }, 400, 'conflict', /./],
  ['a misspelt member', { destination: '/a', dryrun: true }, 400, '', /dryrun/],
  ['an agent nobody saw', { destination: '/a', agentId: 'ghost' }, 422, 'agentId', /ever announced/],
])('a restore with %s is refused at its field', async (_what, body, status, path, message) => {
  const answer = await restore(body);
  expect([answer.status, answer.body.errors]).toEqual([
    status,
    expect.arrayContaining([{ path, message: expect.stringMatching(message) as string }]),
  ]);
  expect(await wishes()).toEqual([]);
});

test('in place is on no other agent than the plan, and nowhere without a plan', async () => {
  await api.announceAgent({ agentId: 'desktop' });
  const other = await restore({ inPlace: true, agentId: 'desktop' });
  expect([other.status, other.body.errors![0]!.path]).toEqual([422, 'inPlace']);
  const orphan = await api.addSnapshot();
  const lost = await ask(`snapshots/${orphan}/restore`, { inPlace: true });
  expect([lost.status, lost.body.errors![0]!.path]).toEqual([422, 'inPlace']);
  expect((await ask(`snapshots/${orphan}/restore`, { destination: '/srv/back' })).status).toBe(202);
});

test('a snapshot that is unknown is not there, one that was removed is gone', async () => {
  const removed = await api.addSnapshot({ plan_id: `'${plan.id}'`, removed_at: 'now()' });
  for (const [id, status] of [
    [randomUUID(), 404],
    [removed, 410],
  ] as const) {
    expect((await ask(`snapshots/${id}/restore`, { destination: '/a' })).status).toBe(status);
    expect((await ask(`snapshots/${id}/verify`)).status).toBe(status);
    expect((await api.call('PUT', `/api/v1/snapshots/${id}/pin`)).status).toBe(status);
  }
  expect((await api.call<SnapshotView>('GET', `/api/v1/snapshots/${removed}`)).body.removedAt).not.toBeNull();
});

test('one snapshot or all of a plan are verified, once at a time', async () => {
  const one = await ask(`snapshots/${snapshot}/verify`, { bytesPerSecond: 1_000_000 });
  expect(one.status).toBe(202);
  expect((await wishes())[0]!.task).toEqual({
    kind: 'verify',
    snapshots: ['2026-11-22T110500Z'],
    bytesPerSecond: 1_000_000,
  });
  const all = await ask(`plans/${plan.id}/verify`);
  expect([all.status, all.body.instance]).toEqual([409, `/api/v1/runs/${one.body.runId}`]);
  await api.connection.ledger.execute('truncate run_requests');
  expect((await ask(`plans/${plan.id}/verify`)).status).toBe(202);
  expect((await wishes())[0]!.task).toEqual({ kind: 'verify', snapshots: null, bytesPerSecond: null });
  expect((await ask(`plans/${randomUUID()}/verify`)).status).toBe(404);
});

test('a drill takes the newest snapshot and a seed of its own, or those that are named', async () => {
  await api.addSnapshot({
    plan_id: `'${plan.id}'`,
    snapshot: "'2026-11-23T110500Z'",
    committed_at: "timestamptz '2026-11-23T11:05:09Z'",
  });
  expect((await ask(`plans/${plan.id}/drill`)).status).toBe(202);
  expect((await wishes())[0]!.task).toEqual({
    kind: 'drill',
    snapshot: '2026-11-23T110500Z',
    agentId: 'laptop',
    sampleFiles: null,
    seed: expect.any(Number) as number,
  });
  await api.connection.ledger.execute('truncate run_requests');
  expect(
    (await ask(`plans/${plan.id}/drill`, { snapshotId: snapshot, sampleFiles: 9, seed: 7 })).status,
  ).toBe(202);
  expect((await wishes())[0]!.task).toMatchObject({
    snapshot: '2026-11-22T110500Z',
    sampleFiles: 9,
    seed: 7,
  });
});

test('a drill of nothing, of a stranger or by a stranger is refused', async () => {
  const empty = (await api.call<Plan>('POST', '/api/v1/plans', planBody({ name: 'empty' }))).body;
  expect((await ask(`plans/${empty.id}/drill`)).status).toBe(409);
  const foreign = await ask(`plans/${empty.id}/drill`, { snapshotId: snapshot });
  expect([foreign.status, foreign.body.errors![0]!.path]).toEqual([422, 'snapshotId']);
  const ghost = await ask(`plans/${plan.id}/drill`, { agentId: 'ghost' });
  expect([ghost.status, ghost.body.errors![0]!.path]).toEqual([422, 'agentId']);
  expect((await ask(`plans/${randomUUID()}/drill`)).status).toBe(404);
});

test('drills show the restore time they measured', async () => {
  const task = {
    kind: 'drill',
    snapshot: '2026-11-22T110500Z',
    agentId: 'laptop',
    sampleFiles: null,
    seed: 7,
  };
  const result = { kind: 'drill', files: 3, bytes: 5000, durationMs: 2500, seed: 7 };
  const drill = (columns: Record<string, string>) =>
    api.addRun({
      plan_id: `'${plan.id}'`,
      kind: "'drill'",
      trigger: "'manual'",
      task: `'${JSON.stringify(task)}'`,
      ...columns,
    });
  await drill({ task_result: `'${JSON.stringify(result)}'`, scheduled_for: "now() - interval '1 hour'" });
  await drill({ state: "'running'" });
  await api.addRun({ plan_id: `'${plan.id}'` });
  const { items } = (await api.call<{ items: DrillView[] }>('GET', `/api/v1/plans/${plan.id}/drills`)).body;
  expect(items).toMatchObject([
    { state: 'running', durationMs: null, bytesPerSecond: null },
    { state: 'committed', files: 3, bytes: 5000, durationMs: 2500, bytesPerSecond: 2000, seed: 7 },
  ]);
});

test('a task can be cancelled, before the scheduler has seen it and while it runs', async () => {
  const { runId } = (await restore({ destination: '/srv/a' })).body;
  expect((await ask(`runs/${runId}/cancel`)).status).toBe(202);
  const running = await api.addRun({ kind: "'restore'", state: "'running'" });
  expect((await ask(`runs/${running}/cancel`)).status).toBe(202);
});

test('a snapshot is pinned until it is unpinned', async () => {
  const path = `/api/v1/snapshots/${snapshot}`;
  const isPinned = async () => (await api.call<SnapshotView>('GET', path)).body.pinned;
  expect(await isPinned()).toBe(false);
  for (let twice = 0; twice < 2; twice++)
    expect((await api.call('PUT', `${path}/pin`)).body).toMatchObject({ id: snapshot, pinned: true });
  expect(await isPinned()).toBe(true);
  for (let twice = 0; twice < 2; twice++) expect((await api.call('DELETE', `${path}/pin`)).status).toBe(204);
  expect(await isPinned()).toBe(false);
});

test('a vault is indexed again by one of its receivers, once for all who asked', async () => {
  const answer = await ask(`vaults/${VAULT_ID}/reindex`);
  expect([answer.status, answer.body]).toEqual([202, { vaultId: VAULT_ID, receiversOnline: 1 }]);
  await ask(`vaults/${VAULT_ID}/reindex`);
  const name = vaultQueue(VAULT_ID);
  const queue = new Queue(name, { connection: { url: servers.redis.url }, prefix: queuePrefix(name) });
  expect((await queue.getWaiting()).map(({ data }) => data as unknown)).toEqual([
    { type: 'reindex', ticket: expect.any(String) },
  ]);
  await queue.close();
  expect((await ask(`vaults/${randomUUID()}/reindex`)).status).toBe(404);
});
