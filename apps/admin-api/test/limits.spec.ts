import { randomUUID } from 'node:crypto';
import {
  RECEIVER_SETTINGS_KEY,
  VAULT_LIMITS_KEY,
  type AgentView,
  type Plan,
  type Problem,
  type ReceiverView,
  type VaultView,
} from '@periodic-backup/contracts';
import { until } from '@periodic-backup/testing';
import { TestApi, VAULT_ID, planBody, startServers, type Servers } from './test-api.js';

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

const PROBLEM = 'application/problem+json; charset=utf-8';
const timetable = {
  bytesPerSecond: 2_000_000,
  timezone: 'Europe/Berlin',
  windows: [{ days: [1, 2, 3, 4, 5], from: '22:00', to: '06:00', bytesPerSecond: null }],
};

test('a plan has a bandwidth, full speed unless told', async () => {
  const { body: plan } = await api.call<Plan>('POST', '/api/v1/plans', planBody());
  expect(plan.bandwidth).toBeNull();
  const path = `/api/v1/plans/${plan.id}`;
  expect((await api.call<Plan>('PATCH', path, { bandwidth: timetable })).body.bandwidth).toEqual(timetable);
  expect((await api.call<Plan>('PATCH', path, { excludes: ['x'] })).body.bandwidth).toEqual(timetable);
  expect((await api.call<Plan>('PATCH', path, { bandwidth: null })).body.bandwidth).toBeNull();
});

test('a bandwidth that does not fit is refused at its field, in words', async () => {
  const bandwidth = { ...timetable, timezone: 'Mars/Base', windows: [{ from: '25:00', to: '06:00' }] };
  const answer = await api.call<Problem>('POST', '/api/v1/plans', planBody({ bandwidth }));
  expect([answer.status, answer.type]).toEqual([400, PROBLEM]);
  expect(answer.body.errors).toEqual(
    expect.arrayContaining([
      {
        path: 'bandwidth.timezone',
        message: 'is not a known time zone: use an IANA name such as Europe/Berlin',
      },
      {
        path: 'bandwidth.windows.0.from',
        message: 'must be a time of day from 00:00 to 23:59, such as 08:30',
      },
    ]),
  );
});

test('an agent has a bandwidth of its own, shown wherever it is', async () => {
  const path = '/api/v1/agents/laptop';
  expect((await api.call<AgentView>('GET', path)).body).toMatchObject({ agentId: 'laptop', bandwidth: null });
  const answer = await api.call<AgentView>('PATCH', path, { bandwidth: timetable });
  expect([answer.status, answer.body]).toMatchObject([200, { online: true, bandwidth: timetable }]);
  const { items } = (await api.call<{ items: AgentView[] }>('GET', '/api/v1/agents')).body;
  expect(items).toMatchObject([{ agentId: 'laptop', bandwidth: timetable }]);
  expect((await api.call<AgentView>('PATCH', path, { bandwidth: null })).body.bandwidth).toBeNull();
});

test.each<[string, object | undefined, number]>([
  ['GET /api/v1/agents/ghost', undefined, 404],
  ['PATCH /api/v1/agents/ghost', { bandwidth: null }, 404],
  ['PATCH /api/v1/agents/laptop', {}, 400],
  ['PATCH /api/v1/agents/laptop', { bandwidth: { bytesPerSecond: 10 } }, 400],
  [`GET /api/v1/vaults/${randomUUID()}`, undefined, 404],
  [`PATCH /api/v1/vaults/${randomUUID()}`, { maxRuns: 1 }, 404],
  [`PATCH /api/v1/vaults/${VAULT_ID}`, {}, 400],
  [`PATCH /api/v1/vaults/${VAULT_ID}`, { maxRuns: 0 }, 400],
  [`PATCH /api/v1/vaults/${VAULT_ID}`, { bytesPerSecond: 1 }, 400],
  ['PATCH /api/v1/receivers/attic', { draining: 'yes' }, 400],
])('%s with %j is refused', async (request, body, status) => {
  const [method = '', path = ''] = request.split(' ');
  const answer = await api.call(method, path, body);
  expect([answer.status, answer.type]).toEqual([status, PROBLEM]);
});

test('the limits of a vault are changed one by one and reach Redis, also after it was wiped', async () => {
  const path = `/api/v1/vaults/${VAULT_ID}`;
  expect((await api.call<VaultView>('GET', path)).body).toMatchObject({
    maxRuns: null,
    bytesPerSecond: null,
  });
  await api.call('PATCH', path, { maxRuns: 8 });
  const answer = await api.call<VaultView>('PATCH', path, { bytesPerSecond: 50_000_000 });
  expect(answer.body).toMatchObject({ name: 'vault', maxRuns: 8, bytesPerSecond: 50_000_000 });
  const stored = (): Promise<string | null> => api.redis.hget(VAULT_LIMITS_KEY, VAULT_ID);
  const limits = '{"maxRuns":8,"bytesPerSecond":50000000}';
  expect(await stored()).toBe(limits);
  await api.redis.flushall();
  await until(async () => (await stored()) === limits, { what: 'the limits to come back' });

  await api.announceReceiver();
  await api.call('PATCH', path, { bytesPerSecond: null });
  expect(await stored()).toBe('{"maxRuns":8,"bytesPerSecond":null}');
});

test('a receiver is drained and taken back without touching its most clients', async () => {
  const path = '/api/v1/receivers/attic';
  const stored = (): Promise<string | null> => api.redis.hget(RECEIVER_SETTINGS_KEY, 'attic');
  const drained = await api.call<ReceiverView>('PATCH', path, { draining: true });
  expect([drained.status, drained.body]).toMatchObject([200, { draining: true, maxClients: 10 }]);
  expect(await stored()).toBe('{"draining":true}');
  await api.call('PATCH', path, { maxClients: 3 });
  expect(await stored()).toBe('{"maxClients":3,"draining":true}');
  await api.call('PATCH', path, { draining: false });
  expect(await stored()).toBe('{"maxClients":3,"draining":false}');
});
