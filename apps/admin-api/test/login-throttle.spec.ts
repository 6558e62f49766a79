import type { AuditEntry, Problem } from '@periodic-backup/contracts';
import { sql } from 'drizzle-orm';
import { PASSWORD, addUser, logIn } from './people.js';
import { TestApi, startServers, type Answer, type Servers } from './test-api.js';

const TOKEN = 'token-of-the-installation';
const service = { authorization: `Bearer ${TOKEN}` };

let servers: Servers;
let api: TestApi;
beforeAll(async () => {
  servers = await startServers();
  // The test plays a proxy: it says where each attempt comes from.
  api = await TestApi.start(servers, { API_SERVICE_TOKEN: TOKEN, TRUST_PROXY: '127.0.0.1' });
  await addUser(api, 'ann', {}, service);
  await addUser(api, 'bob', {}, service);
});
beforeEach(() => run('truncate login_failures, login_places'));
afterAll(async () => {
  await api.close();
  await servers.stop();
});

const run = (statement: string): Promise<unknown> => api.connection.ledger.execute(sql.raw(statement));

const attempt = (name: string, password: string, address: string): Promise<Answer<Problem>> =>
  logIn(api, name, password, { 'x-forwarded-for': address }) as Promise<Answer<unknown>> as Promise<
    Answer<Problem>
  >;

async function fail(name: string, times: number, address: (i: number) => string): Promise<number[]> {
  const statuses: number[] = [];
  for (let i = 0; i < times; i++) statuses.push((await attempt(name, 'wrong', address(i))).status);
  return statuses;
}
/** As if what failed once had failed so often. */
const failedBefore = (times: number): Promise<unknown> =>
  run(`update login_failures set failures = ${times}`);
const elsewhere = (i: number): string => `198.51.100.${i}`;

test.each(['ann', 'nobody-of-that-name'])(
  'who fails with the name %s five times, from wherever, waits: ever longer, and is told how long',
  async (name) => {
    expect(await fail(name, 5, elsewhere)).toEqual([401, 401, 401, 401, 401]);
    const closed = await attempt(name, PASSWORD, '192.0.2.1');
    expect([closed.status, Number(closed.headers['retry-after']) > 0]).toEqual([429, true]);
    await run('update login_failures set closed_until = now(), failures = 12 where failures = 5');
    expect((await attempt(name, 'wrong', '192.0.2.1')).status).toBe(401);
    const later = await attempt(name, 'wrong', '192.0.2.2');
    expect([later.status, Number(later.headers['retry-after']) > 200]).toEqual([429, true]);
  },
);

test('nobody is shut out for more than a quarter of an hour, whatever others try', async () => {
  await fail('ann', 5, elsewhere);
  await run('update login_failures set failures = 1000000, closed_until = now()');
  await fail('ann', 1, elsewhere);
  const closed = await attempt('ann', PASSWORD, '192.0.2.1');
  expect(Number(closed.headers['retry-after'])).toBeLessThanOrEqual(900);
  // What is tried while it is closed does not count: nobody can keep it closed by trying on.
  await run('update login_failures set closed_until = now()');
  expect((await attempt('ann', PASSWORD, '192.0.2.1')).status).toBe(200);
});

test('where a user has logged in before, failures of strangers do not count', async () => {
  expect((await attempt('ann', PASSWORD, '192.0.2.1')).status).toBe(200);
  expect(await fail('ann', 6, elsewhere)).toEqual([401, 401, 401, 401, 401, 429]);
  expect((await attempt('ann', PASSWORD, '192.0.2.1')).status).toBe(200);
});

test('one address that tries many names waits, too; others do not', async () => {
  await fail('somebody', 1, () => '203.0.113.5');
  await failedBefore(19);
  expect((await attempt('somebody else', 'wrong', '203.0.113.5')).status).toBe(401);
  expect((await attempt('bob', PASSWORD, '203.0.113.5')).status).toBe(429);
  expect((await attempt('bob', PASSWORD, '203.0.113.6')).status).toBe(200);
});

test('all addresses of an IPv6 network are one', async () => {
  await fail('somebody', 1, () => '2001:db8:1:2::1');
  await failedBefore(19);
  await attempt('somebody else', 'wrong', '2001:db8:1:2:3:4:5:6');
  expect((await attempt('bob', PASSWORD, '2001:db8:1:2:ffff::1')).status).toBe(429);
  expect((await attempt('bob', PASSWORD, '2001:db8:1:3::1')).status).toBe(200);
});

test('many attempts at once are counted one by one', async () => {
  const statuses = await Promise.all(
    Array.from({ length: 12 }, () => attempt('ann', 'wrong', '203.0.113.7')),
  );
  expect(statuses.filter(({ status }) => status === 401)).toHaveLength(5);
  expect(statuses.filter(({ status }) => status === 429)).toHaveLength(7);
});

test('another instance, or the same after a restart, knows of them', async () => {
  await fail('ann', 5, elsewhere);
  await run("update login_failures set closed_until = now() + interval '1 minute' where failures = 5");
  const other = await TestApi.start(servers, { TRUST_PROXY: '127.0.0.1' });
  const { status } = await logIn(other, 'ann', PASSWORD, { 'x-forwarded-for': '192.0.2.9' });
  await other.close();
  expect(status).toBe(429);
});

test('a login that goes well forgets the failures before it', async () => {
  await fail('ann', 4, () => '192.0.2.1');
  expect((await attempt('ann', PASSWORD, '192.0.2.1')).status).toBe(200);
  expect(await fail('ann', 5, () => '192.0.2.1')).toEqual([401, 401, 401, 401, 401]);
});

test('whoever is at the machine itself is let in at any time, and can set a new password', async () => {
  await fail('bob', 6, elsewhere);
  const users = await api.call<{ items: { id: string; name: string }[] }>(
    'GET',
    '/api/v1/users',
    undefined,
    service,
  );
  const bob = users.body.items.find(({ name }) => name === 'bob')!;
  const change = { password: 'set at the machine' };
  expect((await api.call('PATCH', `/api/v1/users/${bob.id}`, change, service)).status).toBe(200);
});

test('an unknown name is answered like a known one, and no sooner', async () => {
  const timed = async (name: string): Promise<[number, string, number]> => {
    const startedAt = performance.now();
    const { status, body } = await attempt(name, 'wrong', '192.0.2.77');
    return [status, JSON.stringify(body), performance.now() - startedAt];
  };
  const known = await timed('bob');
  const unknown = await timed('nobody-of-that-name');
  expect(unknown.slice(0, 2)).toEqual(known.slice(0, 2));
  // Both hash the password, which takes far longer than all else.
  expect(unknown[2]).toBeGreaterThan(known[2] / 4);
});

test('the log names who was tried, never what was typed', async () => {
  await attempt('bob', 'a secret guess', '192.0.2.50');
  await attempt('my secret password', 'a secret guess', '192.0.2.50');
  const { body } = await api.call<{ items: AuditEntry[] }>(
    'GET',
    '/api/v1/audit?action=refused.login&limit=2',
    undefined,
    service,
  );
  expect(body.items.map(({ actor, address }) => [actor, address])).toEqual([
    ['unknown', '192.0.2.50'],
    ['bob', '192.0.2.50'],
  ]);
  expect(JSON.stringify(body)).not.toContain('secret');
});
