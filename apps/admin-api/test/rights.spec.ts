import { randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  apiRoutes,
  rightsOf,
  type ApiRoute,
  type AuditEntry,
  type GrantedRight,
  type Problem,
  type Right,
  type Role,
  type TokenView,
  type UserView,
} from '@periodic-backup/contracts';
import { sql } from 'drizzle-orm';
import { demandRights } from '../src/access/route-rules.js';
import { addUser, browserOf, makeToken, type Browser } from './people.js';
import { TestApi, planBody, startServers, type Answer, type Servers } from './test-api.js';

const routes = Object.entries(apiRoutes as Readonly<Record<string, ApiRoute>>);

let servers: Servers;
let api: TestApi;
let admin: Browser;
beforeAll(async () => {
  servers = await startServers();
  api = await TestApi.start(servers);
  await addUser(api, 'ann');
  admin = await browserOf(api, 'ann');
  await Promise.all([api.announceAgent(), api.announceReceiver()]);
});
afterAll(async () => {
  await api.close();
  await servers.stop();
});

type Headers = Record<string, string>;

/** Only how it begins: streams have no end. Ids are of nothing that exists. */
function statusOf(name: string, headers: Headers): Promise<number> {
  const [method = '', path = ''] = name.split(' ');
  const url = `${api.url}/api/v1${path.replaceAll(/\{\w+\}/g, randomUUID())}`;
  return new Promise((resolve, reject) => {
    const asked = httpRequest(url, { method, headers, agent: false }, (response) => {
      resolve(response.statusCode ?? 0);
      response.destroy();
    });
    asked.on('error', reject);
    asked.end();
  });
}

const tokenFor = async (role: Role, granted: GrantedRight[] = []): Promise<Headers> =>
  (await makeToken(api, { role, granted }, admin.headers)).headers;

test.each([
  ['viewer', []],
  ['viewer', ['restore']],
  ['viewer', ['delete']],
  ['operator', []],
  ['operator', ['restore', 'delete']],
  ['admin', []],
  ['admin', ['restore', 'delete']],
] as const)('the role %s with %j is let in where it may, and nowhere else', async (role, granted) => {
  const headers = await tokenFor(role, [...granted]);
  const rights = new Set<string>(rightsOf(role, granted));
  const judged = await Promise.all(
    // Making tokens depends on more than the route.
    routes.map(async ([name, { right }]) => {
      const status = await statusOf(name, headers);
      const may = right === 'everybody' || right === 'caller' || rights.has(right);
      return may === (status !== 403 && status !== 401) ? null : `${name} wants ${right}, answered ${status}`;
    }),
  );
  expect(judged.filter((wrong) => wrong !== null && !wrong.startsWith('POST /tokens'))).toEqual([]);
});

test('nobody who is unknown gets anything, except for a login', async () => {
  const open = await Promise.all(routes.map(async ([name]) => [name, await statusOf(name, {})] as const));
  expect(open.filter(([, status]) => status !== 401)).toEqual([['POST /session', 400]]);
});

test('the refusal says which right is missing, and the log who tried', async () => {
  const token = await makeToken(api, { role: 'viewer', name: 'screen' }, admin.headers);
  const id = randomUUID();
  for (let i = 0; i < 3; i++) {
    const answer = await api.call<Problem>('DELETE', `/api/v1/plans/${id}`, undefined, token.headers);
    expect([answer.status, answer.body.detail]).toEqual([403, expect.stringContaining('"delete"')]);
  }
  const log = await entries(`actor=ann&action=refused.right`);
  const mine = log.filter(({ via }) => via === `token ${token.id}`);
  expect(mine).toEqual([
    expect.objectContaining({
      object: 'DELETE /api/v1/plans/:id',
      address: '127.0.0.1',
      detail: expect.objectContaining({ right: 'delete', params: { id } }),
    }),
  ]);
});

test('a route without a right keeps the API from starting', async () => {
  @Controller()
  class Forgotten {
    @Get('api/v1/forgotten')
    get(): object {
      return {};
    }
  }
  @Module({ controllers: [Forgotten] })
  class ForgottenModule {}
  const app = await NestFactory.create<NestFastifyApplication>(ForgottenModule, new FastifyAdapter(), {
    logger: false,
    abortOnError: false,
  });
  demandRights(app);
  await expect(app.listen(0)).rejects.toThrow('GET /api/v1/forgotten has no right');
  await app.close();
});

test('the document says the right of every route', async () => {
  const { body } = await api.call<{
    paths: Record<string, Record<string, { 'x-right': string; security: object[] }>>;
  }>('GET', '/api/openapi.json', undefined, admin.headers);
  for (const [name, { right }] of routes) {
    const [method = '', path = ''] = name.split(' ');
    const operation = body.paths[`/api/v1${path}`]?.[method.toLowerCase()];
    expect([name, operation?.['x-right'], operation?.security.length]).toEqual([
      name,
      right,
      right === 'everybody' ? 0 : 2,
    ]);
  }
});

const entries = async (query: string): Promise<AuditEntry[]> =>
  (await api.call<{ items: AuditEntry[] }>('GET', `/api/v1/audit?${query}`, undefined, admin.headers)).body
    .items;

async function addPlan(changes: Record<string, unknown> = {}): Promise<string> {
  const plan = planBody({ name: `plan ${randomUUID()}`, ...changes });
  const answer = await api.call<{ id: string }>('POST', '/api/v1/plans', plan, admin.headers);
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
  return answer.body.id;
}

describe('who keeps fewer snapshots deletes some', () => {
  const keep = { last: 5, daily: 7 };
  let operator: Headers;
  beforeAll(async () => {
    operator = await tokenFor('operator');
  });
  const patch = (id: string, change: object, headers: Headers = operator): Promise<Answer<Problem>> =>
    api.call('PATCH', `/api/v1/plans/${id}`, change, headers);

  test.each([
    ['a policy where there was none', null, keep],
    ['a lower count', keep, { last: 4, daily: 7 }],
    ['a count less', keep, { last: 5 }],
    ['a shorter time', { withinSeconds: 86_400 }, { withinSeconds: 3600 }],
    ['a lower minimum age', keep, { ...keep, minimumAgeSeconds: 0 }],
    ['days that begin elsewhere', keep, { ...keep, timezone: 'Asia/Tokyo' }],
  ])('%s needs the right to delete', async (_what, before, after) => {
    const id = await addPlan({ retention: before });
    const answer = await patch(id, { retention: after });
    expect([answer.status, answer.body.detail]).toEqual([403, expect.stringContaining('"delete"')]);
    const { body } = await api.call<{ retention: unknown }>(
      'GET',
      `/api/v1/plans/${id}`,
      undefined,
      operator,
    );
    expect(body.retention).toEqual(before === null ? null : expect.objectContaining(before));
    expect((await patch(id, { retention: after }, admin.headers)).status).toBe(200);
  });

  test.each([
    ['more', keep, { last: 6, daily: 7, weekly: 1 }],
    ['the same', keep, keep],
    ['all', keep, null],
  ])('who keeps %s does not', async (_what, before, after) => {
    const id = await addPlan({ retention: before });
    expect((await patch(id, { retention: after })).status).toBe(200);
  });

  test('neither does it go by the name of the plan, nor by another time zone of its schedule', async () => {
    const cron = (timezone: string) => ({ kind: 'cron', cron: '0 2 * * *', timezone });
    const plan = planBody({ name: 'by name', schedule: cron('UTC'), retention: keep });
    const put = (body: object, headers: Headers) =>
      api.call('PUT', '/api/v1/plans/by-name/laptop/by%20name', body, headers);
    expect((await put(plan, operator)).status).toBe(201);
    expect((await put({ ...plan, retention: { last: 1 } }, operator)).status).toBe(403);
    expect((await put({ ...plan, schedule: cron('Asia/Tokyo') }, operator)).status).toBe(403);
    expect((await put(plan, operator)).status).toBe(200);
  });
});

describe('an admin who may not delete', () => {
  let limited: Headers;
  let strong: UserView;
  beforeAll(async () => {
    await addUser(api, 'mel', { granted: ['restore'] }, admin.headers);
    limited = (await browserOf(api, 'mel')).headers;
    strong = await addUser(api, 'sam', {}, admin.headers);
  });

  test.each([
    [
      'POST',
      (): string => '/api/v1/users',
      { name: 'puppet', password: 'some long password', role: 'viewer', granted: ['delete'] },
    ],
    ['POST', (): string => '/api/v1/tokens', { name: 'puppet', role: 'admin', granted: ['delete'] }],
    ['PATCH', (): string => `/api/v1/users/${strong.id}`, { password: 'a password that mel knows' }],
    ['PATCH', (): string => `/api/v1/users/${strong.id}`, { granted: [] }],
    ['DELETE', (): string => `/api/v1/users/${strong.id}`, undefined],
  ] as const)('cannot come by that right: %s', async (method, path, body) => {
    const answer = await api.call<Problem>(method, path(), body, limited);
    expect([answer.status, answer.body.detail]).toEqual([403, expect.stringContaining('"delete"')]);
  });

  test('cannot give it to themselves either', async () => {
    const { items } = (await api.call<{ items: UserView[] }>('GET', '/api/v1/users', undefined, limited))
      .body;
    const self = items.find(({ name }) => name === 'mel')!;
    const grant = { granted: ['restore', 'delete'] };
    expect((await api.call('PATCH', `/api/v1/users/${self.id}`, grant, limited)).status).toBe(403);
    expect((await api.call('PATCH', `/api/v1/users/${self.id}`, grant, admin.headers)).status).toBe(200);
  });
});

describe('an API token', () => {
  const me = async (headers: Headers): Promise<number> =>
    (await api.call('GET', '/api/v1/me', undefined, headers)).status;
  const run = (statement: string): Promise<unknown> => api.connection.ledger.execute(sql.raw(statement));

  test('is shown once, and only its digest is kept', async () => {
    const { token, id } = await makeToken(api, { name: 'once' }, admin.headers);
    expect(token).toMatch(/^pbk_api_[0-9a-f]{16}_[0-9a-f]{64}$/);
    const listed = await api.call<{ items: TokenView[] }>('GET', '/api/v1/tokens', undefined, admin.headers);
    expect(listed.body.items.some((one) => one.id === id)).toBe(true);
    const { rows } = (await run('select json_agg(api_tokens)::text as text from api_tokens')) as {
      rows: { text: string }[];
    };
    for (const text of [
      rows[0]?.text,
      JSON.stringify(listed.body),
      JSON.stringify(await entries('action=token')),
    ])
      expect(text).not.toContain(token.split('_')[3]);
  });

  test('says when and from where it was used last', async () => {
    const token = await makeToken(api, {}, admin.headers);
    expect([token.lastUsedAt, await me(token.headers)]).toEqual([null, 200]);
    const { items } = (
      await api.call<{ items: TokenView[] }>('GET', '/api/v1/tokens', undefined, admin.headers)
    ).body;
    const used = items.find(({ id }) => id === token.id)!;
    expect([Math.abs(Date.parse(used.lastUsedAt!) - Date.now()) < 10_000, used.lastUsedFrom]).toEqual([
      true,
      '127.0.0.1',
    ]);
  });

  test('that is revoked, expired or forged is worth nothing, and the log says which', async () => {
    const [revoked, expired, forged] = await Promise.all(
      ['revoked', 'expired', 'forged'].map((name) => makeToken(api, { name }, admin.headers)),
    );
    expect(
      (await api.call('DELETE', `/api/v1/tokens/${revoked!.id}`, undefined, revoked!.headers)).status,
    ).toBe(204);
    await run(`update api_tokens set expires_at = now() where id = '${expired!.id}'`);
    const changed = forged!.token.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'));
    expect([
      await me(revoked!.headers),
      await me(expired!.headers),
      await me({ authorization: `Bearer ${changed}` }),
      await me(forged!.headers),
    ]).toEqual([401, 401, 401, 200]);
    const log = await entries('action=refused.token');
    const reasons = [revoked, expired, forged].map(
      (token) => log.find(({ object }) => object === `token/${token!.id}`)?.detail['reason'],
    );
    expect(reasons).toEqual(['was revoked', expect.stringContaining('has expired'), 'forged']);
    expect(JSON.stringify(log)).not.toContain(changed.split('_')[3]);
  });

  test('never may more than its user, also when that one may less than before', async () => {
    const user = await addUser(api, 'olga', { role: 'operator', granted: ['restore'] }, admin.headers);
    const own = (await browserOf(api, 'olga')).headers;
    const more = await api.call(
      'POST',
      '/api/v1/tokens',
      { name: 'x', role: 'operator', granted: ['delete'] },
      own,
    );
    expect(more.status).toBe(403);
    const token = await makeToken(api, { role: 'operator', granted: ['restore'] }, own);
    await api.call('PATCH', `/api/v1/users/${user.id}`, { role: 'viewer', granted: [] }, admin.headers);
    const { body } = await api.call<{ rights: Right[]; role: Role }>(
      'GET',
      '/api/v1/me',
      undefined,
      token.headers,
    );
    expect(body).toMatchObject({ role: 'viewer', rights: ['read'] });
  });

  test('makes no other, and sees and revokes none of others', async () => {
    await addUser(api, 'pia', { role: 'viewer' }, admin.headers);
    const own = (await browserOf(api, 'pia')).headers;
    const token = await makeToken(api, {}, own);
    const foreign = await makeToken(api, {}, admin.headers);
    expect((await api.call('POST', '/api/v1/tokens', { name: 'child' }, token.headers)).status).toBe(403);
    const { items } = (
      await api.call<{ items: TokenView[] }>('GET', '/api/v1/tokens', undefined, token.headers)
    ).body;
    expect(items.map(({ id }) => id)).toEqual([token.id]);
    expect((await api.call('DELETE', `/api/v1/tokens/${foreign.id}`, undefined, own)).status).toBe(404);
    expect(await me(foreign.headers)).toBe(200);
  });

  describe('that is limited to a plan', () => {
    let mine: string;
    let other: string;
    let headers: Headers;
    beforeAll(async () => {
      mine = await addPlan();
      other = await addPlan();
      headers = (
        await makeToken(
          api,
          { role: 'operator', granted: ['restore', 'delete'], planIds: [mine] },
          admin.headers,
        )
      ).headers;
    });
    const get = (path: string): Promise<Answer<{ items: { id?: string; planId?: string }[] }>> =>
      api.call('GET', `/api/v1${path}`, undefined, headers);

    test('sees and runs that one, and no other', async () => {
      expect((await get('/plans')).body.items.map(({ id }) => id)).toEqual([mine]);
      expect((await get('/plan-health')).body.items.map(({ planId }) => planId)).toEqual([mine]);
      expect([(await get(`/plans/${mine}`)).status, (await get(`/plans/${other}`)).status]).toEqual([
        200, 403,
      ]);
      expect((await api.call('POST', `/api/v1/plans/${mine}/pause`, undefined, headers)).status).toBe(200);
      for (const [method, path] of [
        ['POST', `/plans/${other}/run`],
        ['DELETE', `/plans/${other}`],
        ['POST', '/plans'],
        ['PUT', '/plans/by-name/laptop/another'],
        ['GET', '/agents'],
        ['GET', '/alerts'],
        ['GET', '/promises'],
        ['PATCH', '/receivers/attic'],
      ] as const)
        expect([path, (await api.call(method, `/api/v1${path}`, undefined, headers)).status]).toEqual([
          path,
          403,
        ]);
    });

    test('sees the runs and snapshots of that one, and no other', async () => {
      const [run, foreignRun] = [
        await api.addRun({ plan_id: `'${mine}'` }),
        await api.addRun({ plan_id: `'${other}'` }),
      ];
      const [snapshot, foreignSnapshot] = [
        await api.addSnapshot({ plan_id: `'${mine}'` }),
        await api.addSnapshot({ plan_id: `'${other}'` }),
      ];
      expect([(await get(`/runs/${run}`)).status, (await get(`/runs/${foreignRun}`)).status]).toEqual([
        200, 403,
      ]);
      expect((await get(`/runs?planId=${mine}`)).body.items.map(({ id }) => id)).toEqual([run]);
      for (const path of [
        '/runs',
        '/snapshots',
        '/events',
        `/runs?planId=${other}`,
        `/runs?planId=${mine}&planId=${other}`,
      ])
        expect([path, (await get(path)).status]).toEqual([path, 403]);
      expect((await get(`/snapshots/${snapshot}`)).status).toBe(200);
      for (const path of [
        `/snapshots/${foreignSnapshot}`,
        `/snapshots/${foreignSnapshot}/content`,
        `/snapshots/${snapshot}/diff/${foreignSnapshot}`,
        `/snapshots/${randomUUID()}`,
      ])
        expect([path, (await get(path)).status]).toEqual([path, 403]);
      const restore = { destination: '/srv/restored' };
      expect(
        (await api.call('POST', `/api/v1/snapshots/${foreignSnapshot}/restore`, restore, headers)).status,
      ).toBe(403);
    });
  });
});
