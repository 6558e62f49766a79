import type { Me, Problem, UserView } from '@periodic-backup/contracts';
import { sql } from 'drizzle-orm';
import { PASSWORD, addUser, browserOf, cookieOf, logIn, makeToken } from './people.js';
import { TestApi, startServers, type Servers } from './test-api.js';

const ME = '/api/v1/me';
const PLANS = '/api/v1/plans';
const ORIGIN = 'https://evil.example';

let servers: Servers;
let api: TestApi;
let ann: UserView;
beforeAll(async () => {
  servers = await startServers();
  api = await TestApi.start(servers);
  ann = await addUser(api, 'ann');
});
afterAll(async () => {
  await api.close();
  await servers.stop();
});

const run = (statement: string): Promise<unknown> => api.connection.ledger.execute(sql.raw(statement));
const status = async (headers: Record<string, string>, path = ME): Promise<number> =>
  (await api.call('GET', path, undefined, headers)).status;

test('from the first user on nobody gets in without a login, also on this machine', async () => {
  for (const path of [ME, PLANS, '/api/docs', '/api/openapi.json', '/api/v1/users'])
    expect([path, (await api.call('GET', path)).status]).toEqual([path, 401]);
  expect(
    (await api.call('POST', '/api/v1/users', { name: 'eve', password: PASSWORD, role: 'admin' })).status,
  ).toBe(401);
});

test('a login sets a cookie that scripts cannot read and foreign pages cannot send', async () => {
  const answer = await logIn(api, ' Ann ');
  expect(answer.body).toMatchObject({ user: { name: 'ann' }, role: 'admin', loginNeeded: true });
  const { pair, attributes } = cookieOf(answer);
  expect(pair).toMatch(/^pbk_session=[A-Za-z0-9_-]{43}$/);
  expect(attributes).toEqual(['Path=/', 'Max-Age=86400', 'HttpOnly', 'SameSite=Strict']);
  const me = await api.call<Me>('GET', ME, undefined, { cookie: `other=1; ${pair}` });
  expect(me.body).toEqual(answer.body);
});

test('neither password nor session stands in the ledger', async () => {
  const { cookie } = await browserOf(api, 'ann');
  const { rows } = (await run(
    'select (select json_agg(users) from users)::text || (select json_agg(sessions) from sessions)::text as text',
  )) as { rows: { text: string }[] };
  expect(rows[0]?.text).toContain('$argon2id$v=19$m=19456,t=2,p=1$');
  expect(rows[0]?.text).not.toContain(PASSWORD);
  expect(rows[0]?.text).not.toContain(cookie.split('=')[1]);
});

test.each([
  ['made up', `pbk_session=${'A'.repeat(43)}`],
  ['empty', 'pbk_session='],
  ['of another form', `pbk_session=' or 1=1 --`],
  ['huge', `pbk_session=${'A'.repeat(8000)}`],
  ['of a secure site', `__Host-pbk_session=${'A'.repeat(43)}`],
])('a cookie that is %s is nobody', async (_what, cookie) => {
  expect(await status({ cookie })).toBe(401);
});

test('a cookie with one letter changed is nobody', async () => {
  const { cookie } = await browserOf(api, 'ann');
  expect(await status({ cookie })).toBe(200);
  const last = cookie.at(-2) === 'x' ? 'y' : 'x';
  expect(await status({ cookie: `${cookie.slice(0, -2)}${last}${cookie.at(-1)}` })).toBe(401);
});

test('a session that somebody planted before the login is worth nothing after it', async () => {
  const planted = `pbk_session=${'P'.repeat(43)}`;
  const own = cookieOf(await logIn(api, 'ann', PASSWORD, { cookie: planted })).pair;
  expect(own).not.toBe(planted);
  expect([await status({ cookie: planted }), await status({ cookie: own })]).toEqual([401, 200]);
  // The same with one that was genuine: a login always begins a new one and ends that before.
  const next = cookieOf(await logIn(api, 'ann', PASSWORD, { cookie: own })).pair;
  expect([await status({ cookie: own }), await status({ cookie: next })]).toEqual([401, 200]);
});

test('a session that is logged out is over, and the browser is told to forget it', async () => {
  const { cookie, headers } = await browserOf(api, 'ann');
  const answer = await api.call('DELETE', '/api/v1/session', undefined, headers);
  expect([answer.status, cookieOf(answer).pair, cookieOf(answer).attributes]).toEqual([
    204,
    'pbk_session=',
    expect.arrayContaining(['Max-Age=0']),
  ]);
  expect(await status({ cookie })).toBe(401);
});

test('a session ends after an hour of rest, and after a day in any case', async () => {
  const [rested, old, used] = await Promise.all([1, 2, 3].map(() => browserOf(api, 'ann')));
  const hashOf = `encode(sha256(convert_to('%', 'UTF8')), 'hex')`;
  const age = (cookie: string, change: string): Promise<unknown> =>
    run(`update sessions set ${change} where id_hash = ${hashOf.replace('%', cookie.split('=')[1]!)}`);
  await age(rested!.cookie, "last_used_at = now() - interval '61 minutes'");
  await age(old!.cookie, "expires_at = now() - interval '1 second'");
  await age(used!.cookie, "last_used_at = now() - interval '59 minutes'");
  const statuses = await Promise.all(
    [rested, old, used].map((browser) => status({ cookie: browser!.cookie })),
  );
  expect(statuses).toEqual([401, 401, 200]);
  // It was used: the hour begins anew.
  const { rows } = (await run(
    'select max(now() - last_used_at) < interval $$1 minute$$ as fresh from sessions',
  )) as {
    rows: { fresh: boolean }[];
  };
  expect(rows[0]?.fresh).toBe(false);
  expect(await status({ cookie: used!.cookie })).toBe(200);
});

describe('a page of somebody else', () => {
  const asks = async (headers: Record<string, string>): Promise<number> => {
    const { cookie } = await browserOf(api, 'ann');
    return (await api.call('POST', PLANS, {}, { cookie, ...headers })).status;
  };

  test.each([
    { origin: ORIGIN },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'none' },
    { 'sec-fetch-site': 'cross-site', origin: 'http://localhost' },
    {},
  ])('changes nothing with the session of its visitor: %j', async (headers) => {
    expect(await asks(headers as Record<string, string>)).toBe(403);
  });

  test('the own pages do, without any code of theirs', async () => {
    expect(await asks({ origin: api.url })).toBe(400);
    expect(await asks({ 'sec-fetch-site': 'same-origin' })).toBe(400);
  });

  test('cannot log its visitor in as somebody else', async () => {
    const answer = await logIn(api, 'ann', PASSWORD, { origin: ORIGIN });
    expect([answer.status, answer.headers['set-cookie']]).toEqual([403, undefined]);
    expect((await logIn(api, 'ann', PASSWORD, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  });

  test('is not told by any header that it may read', async () => {
    const { headers } = await api.call('GET', ME, undefined, { origin: ORIGIN });
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});

describe('a new password', () => {
  const NEXT = 'another horse battery staple';
  const change = (headers: Record<string, string>, currentPassword: string, newPassword: string) =>
    api.call<Problem>('PUT', '/api/v1/me/password', { currentPassword, newPassword }, headers);

  test('of oneself ends every other session and every pbk login, and goes on under a new cookie', async () => {
    await addUser(api, 'bob', {}, (await browserOf(api, 'ann')).headers);
    const [here, elsewhere] = [await browserOf(api, 'bob'), await browserOf(api, 'bob')];
    const cli = await makeToken(api, { kind: 'cli' }, here.headers);
    const program = await makeToken(api, {}, here.headers);
    expect((await change(here.headers, 'wrong', NEXT)).body).toMatchObject({
      status: 422,
      errors: [{ path: 'currentPassword' }],
    });
    const answer = await change(here.headers, PASSWORD, NEXT);
    expect(answer.status).toBe(204);
    const cookies = [here.cookie, elsewhere.cookie, cookieOf(answer).pair];
    expect(await Promise.all(cookies.map((cookie) => status({ cookie })))).toEqual([401, 401, 200]);
    expect([await status(cli.headers), await status(program.headers)]).toEqual([401, 200]);
    expect([(await logIn(api, 'bob')).status, (await logIn(api, 'bob', NEXT)).status]).toEqual([401, 200]);
  });

  test('by an admin ends all of them', async () => {
    const admin = await browserOf(api, 'ann');
    const carl = await addUser(api, 'carl', { role: 'viewer' }, admin.headers);
    const browser = await browserOf(api, 'carl');
    await api.call('PATCH', `/api/v1/users/${carl.id}`, { password: NEXT }, admin.headers);
    expect(await status({ cookie: browser.cookie })).toBe(401);
    expect((await logIn(api, 'carl', NEXT)).status).toBe(200);
  });

  test.each([
    ['short', 'eleven-chars'.slice(1)],
    ['monotonous', 'aaaaaaaaaaaaaaaaaaaa'],
    ['endless', 'x1y2z3'.repeat(200)],
  ])('that is %s is refused, with the reason', async (_what, password) => {
    const { headers } = await browserOf(api, 'ann');
    const answer = await change(headers, PASSWORD, password);
    expect([answer.status, answer.body.errors?.[0]?.path]).toEqual([400, 'newPassword']);
    expect(JSON.stringify(answer.body)).not.toContain(password);
  });
});

test('a user who is removed is out at once, with sessions and tokens', async () => {
  const admin = await browserOf(api, 'ann');
  const dora = await addUser(api, 'dora', { role: 'operator' }, admin.headers);
  const browser = await browserOf(api, 'dora');
  const token = await makeToken(api, {}, browser.headers);
  expect([await status({ cookie: browser.cookie }), await status(token.headers)]).toEqual([200, 200]);
  expect((await api.call('DELETE', `/api/v1/users/${dora.id}`, undefined, admin.headers)).status).toBe(204);
  expect([await status({ cookie: browser.cookie }), await status(token.headers)]).toEqual([401, 401]);
  expect((await logIn(api, 'dora')).status).toBe(401);
  // The name comes back as the same person, and nothing of before with it.
  expect((await addUser(api, 'dora', { role: 'viewer' }, admin.headers)).id).toBe(dora.id);
  expect([await status({ cookie: browser.cookie }), await status(token.headers)]).toEqual([401, 401]);
});

test('the last admin stays, and stays admin', async () => {
  const { headers } = await browserOf(api, 'ann');
  const others = (await api.call<{ items: UserView[] }>('GET', '/api/v1/users', undefined, headers)).body
    .items;
  for (const { id, role, name } of others)
    if (role === 'admin' && name !== 'ann')
      await api.call('DELETE', `/api/v1/users/${id}`, undefined, headers);
  const removal = await api.call<Problem>('DELETE', `/api/v1/users/${ann.id}`, undefined, headers);
  expect([removal.status, removal.body.detail]).toEqual([409, expect.stringContaining('only admin')]);
  expect((await api.call('PATCH', `/api/v1/users/${ann.id}`, { role: 'viewer' }, headers)).status).toBe(409);
});
