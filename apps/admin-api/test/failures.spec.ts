import type { Plan, Problem } from '@periodic-backup/contracts';
import { unansweredStarts } from '@periodic-backup/ledger';
import { startPostgres, until, type TestServer } from '@periodic-backup/testing';
import { TestApi, planBody, startServers, type Servers } from './test-api.js';

let postgres: TestServer;
let servers: Servers;
let api: TestApi;
beforeAll(async () => {
  postgres = await startPostgres();
  servers = await startServers(postgres);
  api = await TestApi.start(servers);
});
afterAll(async () => {
  await api.close();
  await servers.stop();
});

test.each<[string, string, string, string | undefined, number]>([
  ['an unknown path', 'GET', '/api/v2', undefined, 404],
  ['an unknown method', 'PUT', '/api/v1/plans', undefined, 404],
  ['an address that cannot be decoded', 'GET', '/api/v1/%zz', undefined, 400],
  ['an id that is none', 'GET', '/api/v1/plans/none', undefined, 400],
  ['JSON that is none', 'POST', '/api/v1/plans', '{"name":', 400],
  ['JSON that reaches for the prototype', 'POST', '/api/v1/plans', '{"__proto__":{}}', 400],
  ['no body', 'POST', '/api/v1/plans', undefined, 400],
  ['a list for an object', 'POST', '/api/v1/plans', '[]', 400],
  ['a body beyond 256 KiB', 'POST', '/api/v1/plans', `"${'x'.repeat(262_144)}"`, 413],
])('%s is answered as a problem', async (_name, method, path, body, status) => {
  const answer = await api.call<Problem>(method, path, body);
  expect(answer.status).toBe(status);
  expect(answer.type).toMatch(/^application\/problem\+json/);
  expect(answer.body).toMatchObject({ type: 'about:blank', status, title: expect.any(String) as string });
});

test('while Redis is away, plans and wishes are still written', async () => {
  await api.announceAgent();
  await api.announceReceiver();
  await api.connection.ledger.execute(
    `insert into vaults (id, name, layout, public_key) values ('${planBody()['vaultId'] as string}', 'v', 'folders', 'p')`,
  );
  const { id } = (await api.call<Plan>('POST', '/api/v1/plans', planBody())).body;
  await api.connection.ledger.execute(
    `insert into agents (id, hostname, version) values ('laptop', 'h', '0') on conflict do nothing`,
  );
  await servers.redis.kill();
  expect((await api.call('PATCH', `/api/v1/plans/${id}`, { excludes: ['x'] })).status).toBe(200);
  expect((await api.call('POST', `/api/v1/plans/${id}/run`)).status).toBe(202);
  expect(await unansweredStarts(api.connection.ledger)).toHaveLength(1);
  expect((await api.call('GET', '/api/v1/agents')).status).toBe(200);
  expect((await api.call('GET', '/api/v1/vaults')).status).toBe(200);
  expect(await api.call('GET', '/api/v1/receivers')).toMatchObject({
    status: 503,
    headers: { 'retry-after': '5' },
  });
  const ready = await api.call('GET', '/readyz');
  expect([ready.status, ready.body]).toMatchObject([
    503,
    { reasons: { redis: expect.any(String) as string } },
  ]);
  expect((await api.call('GET', '/metrics')).status).toBe(200);
  await servers.redis.restart();
  await until(async () => (await api.call('GET', '/readyz')).status === 200, { what: 'readiness' });
  expect((await api.call('GET', '/api/v1/receivers')).status).toBe(200);
});

test('while PostgreSQL is away, that is what is said, and it heals by itself', async () => {
  await postgres.kill();
  const answer = await api.call<Problem>('GET', '/api/v1/plans');
  expect([answer.status, answer.body.detail]).toEqual([503, expect.stringContaining('PostgreSQL')]);
  expect((await api.call('GET', '/livez')).status).toBe(200);
  expect((await api.call<{ reasons: object }>('GET', '/readyz')).body.reasons).toHaveProperty('postgresql');
  await postgres.restart();
  expect((await api.call('GET', '/api/v1/plans')).status).toBe(200);
  expect((await api.call('GET', '/readyz')).status).toBe(200);
});
