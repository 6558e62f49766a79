import { randomUUID } from 'node:crypto';
import { PLAN_CHANGES, queuePrefix, type Plan, type Problem } from '@periodic-backup/contracts';
import { Queue } from 'bullmq';
import { until } from '@periodic-backup/testing';
import { TestApi, planBody, startServers, type Servers } from './test-api.js';

let servers: Servers;
let api: TestApi;
beforeAll(async () => {
  servers = await startServers();
  api = await TestApi.start(servers);
});
beforeEach(async () => {
  await api.announceAgent();
  await api.announceReceiver();
});
afterEach(() => api.clear());
afterAll(async () => {
  await api.close();
  await servers.stop();
});

const add = async (changes: Record<string, unknown> = {}): Promise<Plan> => {
  const answer = await api.call<Plan>('POST', '/api/v1/plans', planBody(changes));
  expect(answer.status).toBe(201);
  return answer.body;
};

test('a plan is made with its defaults and read again', async () => {
  const plan = await add();
  expect(plan).toMatchObject({ excludes: [], afterTransmit: 'keep', backupDir: null, pausedAt: null });
  expect(Date.parse(plan.nextDueAt!)).toBeGreaterThan(Date.now());
  expect((await api.call('GET', `/api/v1/plans/${plan.id}`)).body).toEqual(plan);
});

test('the scheduler is told of a change', async () => {
  const queue = new Queue(PLAN_CHANGES, {
    connection: { url: servers.redis.url },
    prefix: queuePrefix(PLAN_CHANGES),
  });
  const plan = await add();
  const jobs = await until(async () => (await queue.getWaitingCount()) > 0 && queue.getWaiting());
  expect(jobs.map(({ data }) => data as unknown)).toEqual([{ planId: plan.id }]);
  await queue.close();
});

test.each<[string, Record<string, unknown>, string, RegExp]>([
  ['a name with a slash', { name: 'a/b' }, 'name', /may hold letters/],
  ['a source that is not absolute', { sourceDir: 'documents' }, 'sourceDir', /absolute/],
  [
    'a period of a second',
    { schedule: { kind: 'every', everySeconds: 1 } },
    'schedule.everySeconds',
    /10 seconds/,
  ],
  ['a rule without its directory', { afterTransmit: 'copy' }, 'backupDir', /is needed/],
  ['a retention that is none', { retention: 3 }, 'retention', /object/],
  [
    'a time zone of retention that is none',
    { retention: { last: 1, timezone: 'X' } },
    'retention.timezone',
    /IANA/,
  ],
  ['a member that does not exist', { retentions: 3 }, '', /retentions/],
  ['nothing where the vault belongs', { vaultId: undefined }, 'vaultId', /missing/],
])('a plan with %s does not fit', async (_name, changes, path, message) => {
  const answer = await api.call<Problem>('POST', '/api/v1/plans', planBody(changes));
  expect(answer.status).toBe(400);
  expect(answer.type).toMatch(/^application\/problem\+json/);
  expect(answer.body.errors).toContainEqual({ path, message: expect.stringMatching(message) as string });
});

test.each<[string, Record<string, unknown>, string, RegExp]>([
  ['an agent nobody saw', { agentId: 'ghost' }, 'agentId', /not known/],
  ['a vault nobody saw', { vaultId: randomUUID() }, 'vaultId', /not known/],
  [
    'a source the agent may not read',
    { sourceDir: '/srv-private' },
    'sourceDir',
    /\(\/srv\): add it to ALLOWED_DIRS/,
  ],
  ['a source above what it may read', { sourceDir: '/srv/..' }, 'sourceDir', /ALLOWED_DIRS/],
  ['a cron expression of four fields', { schedule: { kind: 'cron', cron: '10 12 * *' } }, 'schedule', /five/],
  [
    'a time zone that is none',
    { schedule: { kind: 'cron', cron: '0 2 * * *', timezone: 'Mars/Base' } },
    'schedule',
    /IANA/,
  ],
  [
    'a schedule of verifications that is none',
    { verifySchedule: { kind: 'cron', cron: '99 2 * * *' } },
    'verifySchedule',
    /cannot be read/,
  ],
  [
    'a backup directory in its source',
    { afterTransmit: 'copy', backupDir: '/srv/documents/x' },
    'backupDir',
    /inside the source/,
  ],
  [
    'a source in its backup directory',
    { afterTransmit: 'copy', backupDir: '/srv/./' },
    'backupDir',
    /holds the source/,
  ],
])('a plan with %s cannot work', async (_name, changes, path, message) => {
  const answer = await api.call<Problem>('POST', '/api/v1/plans', planBody(changes));
  expect(answer.status).toBe(422);
  expect(answer.body.errors).toContainEqual({ path, message: expect.stringMatching(message) as string });
});

test('a source that holds the vault is refused on one host, not on two', async () => {
  await api.announceReceiver({ targetDir: '/srv/documents/vault' });
  const refused = await api.call<Problem>('POST', '/api/v1/plans', planBody());
  expect(refused.status).toBe(422);
  expect(refused.body.errors![0]).toMatchObject({
    path: 'sourceDir',
    message: expect.stringContaining('/srv/documents/vault') as string,
  });
  await api.announceReceiver({ targetDir: '/srv/documents/vault', host: 'LAPTOP.local' });
  expect((await api.call('POST', '/api/v1/plans', planBody())).status).toBe(422);
  await api.announceReceiver({ targetDir: '/srv/documents/vault', host: 'attic.local' });
  await add();
});

test('a source among the backups of its own agent is refused', async () => {
  await api.announceReceiver({ targetDir: '/srv' });
  const answer = await api.call('POST', '/api/v1/plans', planBody({ sourceDir: '/srv/laptop/other' }));
  expect(answer.status).toBe(422);
  await add();
});

test('a taken name is a conflict that names the other plan', async () => {
  const plan = await add();
  const answer = await api.call<Problem>('POST', '/api/v1/plans', planBody());
  expect(answer.status).toBe(409);
  expect(answer.body).toMatchObject({
    instance: `/api/v1/plans/${plan.id}`,
    detail: expect.stringContaining(plan.id) as string,
  });
});

test('what a patch leaves out stays, what it may not change is refused', async () => {
  const plan = await add();
  const path = `/api/v1/plans/${plan.id}`;
  const changed = await api.call<Plan>('PATCH', path, { excludes: ['*.tmp'] });
  expect(changed.body).toMatchObject({ ...plan, excludes: ['*.tmp'], updatedAt: changed.body.updatedAt });
  expect((await api.call('PATCH', path, { name: 'other' })).status).toBe(400);
  expect((await api.call('PATCH', path, { sourceDir: '/etc' })).status).toBe(422);
  const { body, status } = await api.call<Problem>('PATCH', path, { backupDir: null, afterTransmit: 'move' });
  expect([status, body.errors![0]!.path]).toEqual([400, 'backupDir']);
});

test('a rule and its directory may come one after the other, and not go apart', async () => {
  const plan = await add();
  const path = `/api/v1/plans/${plan.id}`;
  expect((await api.call('PATCH', path, { backupDir: '/srv/kept' })).status).toBe(200);
  expect((await api.call('PATCH', path, { afterTransmit: 'move', backupDir: '/srv/kept' })).status).toBe(200);
  const answer = await api.call<Problem>('PATCH', path, { backupDir: null });
  expect([answer.status, answer.body.errors![0]!.path]).toEqual([422, 'backupDir']);
});

test('a plan is paused and resumed, twice the same', async () => {
  const { id } = await add();
  const paused = await api.call<Plan>('POST', `/api/v1/plans/${id}/pause`);
  expect(paused.body).toMatchObject({ nextDueAt: null, pausedAt: expect.any(String) as string });
  expect((await api.call<Plan>('POST', `/api/v1/plans/${id}/pause`)).body.pausedAt).toBe(
    paused.body.pausedAt,
  );
  const resumed = await api.call<Plan>('POST', `/api/v1/plans/${id}/resume`, '', {
    'content-type': 'application/json',
  });
  expect(resumed.body.pausedAt).toBeNull();
});

test('a deleted plan is gone, its name is kept for it, and putting it again brings it back', async () => {
  const { id } = await add();
  expect((await api.call('DELETE', `/api/v1/plans/${id}`)).status).toBe(200);
  for (const [method, path] of [
    ['GET', ''],
    ['PATCH', ''],
    ['DELETE', ''],
    ['POST', '/pause'],
    ['POST', '/resume'],
    ['POST', '/run'],
  ] as const)
    expect(
      (await api.call(method, `/api/v1/plans/${id}${path}`, method === 'PATCH' ? {} : undefined)).status,
    ).toBe(404);
  const again = await api.call<Problem>('POST', '/api/v1/plans', planBody());
  expect([again.status, again.body.detail]).toEqual([409, expect.stringContaining('deleted plan')]);
  const { name: _name, agentId: _agent, ...body } = planBody();
  const revived = await api.call<Plan>('PUT', '/api/v1/plans/by-name/laptop/documents', body);
  expect([revived.status, revived.body.id]).toEqual([200, id]);
});

test('putting a plan by name makes it once, however many put it at once, and changes it after', async () => {
  const { name: _name, agentId: _agent, ...body } = planBody();
  const path = '/api/v1/plans/by-name/laptop/My%20d%C3%B6cs';
  const answers = await Promise.all([1, 2, 3, 4].map(() => api.call<Plan>('PUT', path, body)));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 201]);
  expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
  expect(answers[0]!.body.name).toBe('My döcs');
  await api.call('POST', `/api/v1/plans/${answers[0]!.body.id}/pause`);
  const changed = await api.call<Plan>('PUT', path, { ...body, sourceDir: '/srv/other' });
  expect(changed.body).toMatchObject({ sourceDir: '/srv/other', pausedAt: expect.any(String) as string });
  expect((await api.call<{ items: Plan[] }>('GET', '/api/v1/plans')).body.items).toHaveLength(1);
});

test('a put that contradicts its address or its vault is refused', async () => {
  await add();
  const path = '/api/v1/plans/by-name/laptop/documents';
  expect((await api.call('PUT', path, planBody({ name: 'other' }))).status).toBe(400);
  expect((await api.call('PUT', path, planBody({ afterTransmit: 'copy' }))).status).toBe(400);
  const vaultId = randomUUID();
  await api.announceReceiver({ receiverId: 'second', vaultId });
  expect((await api.call('PUT', path, planBody({ vaultId }))).status).toBe(409);
});

test('pages of plans hold each once, in the order they were made', async () => {
  for (const name of ['a', 'b', 'c']) await add({ name });
  const first = await api.call<{ items: Plan[]; nextCursor: string }>('GET', '/api/v1/plans?limit=2');
  await add({ name: 'd' });
  const second = await api.call<{ items: Plan[]; nextCursor: null }>(
    'GET',
    `/api/v1/plans?limit=2&cursor=${first.body.nextCursor}`,
  );
  expect([...first.body.items, ...second.body.items].map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd']);
  expect(second.body.nextCursor).toBeNull();
  const wrong = await api.call<Problem>('GET', '/api/v1/plans?cursor=x');
  expect([wrong.status, wrong.body.errors![0]!.path]).toEqual([400, 'cursor']);
});
