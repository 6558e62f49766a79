import { ConfigError } from '@periodic-backup/platform';
import type { Problem } from '@periodic-backup/contracts';
import { loadAdminApiConfig } from '../src/index.js';
import { TestApi, startServers, type Servers } from './test-api.js';

const TOKEN = 'correct horse battery'.replaceAll(' ', '-');

let servers: Servers;
let open: TestApi;
let closed: TestApi;
beforeAll(async () => {
  servers = await startServers();
  [open, closed] = await Promise.all([
    TestApi.start(servers),
    TestApi.start(servers, { API_TOKEN: TOKEN, API_HOST: '0.0.0.0' }),
  ]);
});
afterAll(async () => {
  await Promise.all([open.close(), closed.close()]);
  await servers.stop();
});

const PLANS = '/api/v1/plans';

test.each(['0.0.0.0', '::', '192.168.1.5', 'backup.example.org'])(
  'listening on %s without users or a token is refused, with the remedies',
  async (host) => {
    const start = TestApi.start(servers, { API_HOST: host });
    await expect(start).rejects.toThrow(ConfigError);
    await expect(start).rejects.toThrow(/set API_TOKEN[^]*pbk users add/);
  },
);

test('every fault of the configuration is told at once', () => {
  const load = (): unknown => loadAdminApiConfig({ API_TOKEN: 'short', API_PORT: '99999' });
  expect(load).toThrow(/DATABASE_URL[^]*API_PORT[^]*API_TOKEN/);
});

test.each(['localhost:7300', '127.0.0.1', '127.0.0.1:80', '[::1]:7300', 'LOCALHOST'])(
  'without a token the host %s is answered',
  async (host) => {
    expect((await open.call('GET', PLANS, undefined, { host })).status).toBe(200);
  },
);

test.each([
  'evil.example',
  'localhost.evil.example:7300',
  '127.0.0.1.nip.io',
  '127.0.0.1@evil.example',
  '10.0.0.1',
])('without a token the host %s is refused: a name bound to this machine by others', async (host) => {
  const answer = await open.call<Problem>('GET', PLANS, undefined, { host });
  expect([answer.status, answer.type.split(';')[0]]).toEqual([403, 'application/problem+json']);
});

test.each(['forwarded', 'x-forwarded-for', 'x-real-ip'])(
  'without a token what came through a proxy (%s) is refused: the proxy is at this machine, its client is not',
  async (header) => {
    expect((await open.call('GET', PLANS, undefined, { [header]: '203.0.113.9' })).status).toBe(403);
  },
);

test.each(['https://evil.example', 'null', 'http://localhost:1', 'file://'])(
  'without a token a page of %s is refused',
  async (origin) => {
    expect((await open.call('POST', PLANS, {}, { origin })).status).toBe(403);
  },
);

test('the own pages of the API are answered', async () => {
  expect((await open.call('POST', PLANS, {}, { origin: open.url })).status).toBe(400);
});

test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
  'a body of type %s, which foreign pages may send unasked, is not read',
  async (type) => {
    const answer = await open.call('POST', PLANS, '{}', { 'content-type': type });
    expect([answer.status, answer.type.split(';')[0]]).toEqual([415, 'application/problem+json']);
  },
);

test('with a token it is needed, by its very bytes, whatever the host', async () => {
  const url = { host: 'backup.example.org' };
  const status = async (authorization?: string): Promise<number> =>
    (await closed.call('GET', PLANS, undefined, { ...url, ...(authorization ? { authorization } : {}) }))
      .status;
  expect(await status(`Bearer ${TOKEN}`)).toBe(200);
  expect(await status(`bearer ${TOKEN}`)).toBe(200);
  for (const wrong of [
    undefined,
    TOKEN,
    `Basic ${TOKEN}`,
    `Bearer ${TOKEN}x`,
    `Bearer ${TOKEN.slice(1)}`,
    'Bearer ',
  ])
    expect(await status(wrong)).toBe(401);
});

test.each([
  '/api/v1/plans',
  '//api/v1/plans',
  '/%61pi/v1/plans',
  '/api/v1/../v1/plans',
  '/api/docs',
  '/api/openapi.json',
  '/livez/../api/v1/plans',
  '/metrics/../api/v1/plans',
  '/metrics/',
])('without the token nothing is to be had at %s', async (path) => {
  const answer = await closed.call('GET', path);
  expect(answer.status).toBe(401);
  expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
});

test('health stays open with a token', async () => {
  for (const path of ['/livez', '/readyz', '/metrics'])
    expect((await closed.call('GET', path)).status).toBe(200);
});

test('without users everybody on this machine is its administrator', async () => {
  expect((await open.call('GET', '/api/v1/me')).body).toEqual({
    user: null,
    role: 'admin',
    rights: ['read', 'operate', 'restore', 'delete', 'administer'],
    planIds: null,
    loginNeeded: false,
  });
});
