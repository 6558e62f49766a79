import type { AuditEntry, AuditVerification } from '@periodic-backup/contracts';
import { sql } from 'drizzle-orm';
import { PASSWORD, addUser, browserOf, type Browser } from './people.js';
import { TestApi, planBody, startServers, type Answer, type Servers } from './test-api.js';

let servers: Servers;
let api: TestApi;
let other: TestApi;
let admin: Browser;
beforeAll(async () => {
  servers = await startServers();
  [api, other] = await Promise.all([TestApi.start(servers), TestApi.start(servers)]);
  await addUser(api, 'ann');
  admin = await browserOf(api, 'ann');
  await Promise.all([api.announceAgent(), api.announceReceiver()]);
});
afterAll(async () => {
  await Promise.all([api.close(), other.close()]);
  await servers.stop();
});

const call = <Body>(method: string, path: string, body?: unknown): Promise<Answer<Body>> =>
  api.call<Body>(method, `/api/v1${path}`, body, admin.headers);
const entries = async (query = 'limit=100'): Promise<AuditEntry[]> =>
  (await call<{ items: AuditEntry[] }>('GET', `/audit?${query}`)).body.items;
const verify = async (query = ''): Promise<AuditVerification> =>
  (await call<AuditVerification>('GET', `/audit/verify${query}`)).body;

test('the log begins with who let the first user in, and how', async () => {
  const first = (await entries()).at(-1);
  expect(first).toMatchObject({
    sequence: 1,
    actor: 'this machine',
    via: 'this machine',
    action: 'user.add',
    detail: { request: { name: 'ann', role: 'admin', password: 'not shown' }, name: 'ann' },
  });
  expect((await entries('action=session')).map(({ actor, via, action }) => [actor, via, action])).toEqual([
    ['ann', 'password', 'session.begin'],
  ]);
});

test('every change is in it, with what was asked; what was refused as wrong, and what only looks, is not', async () => {
  const before = (await entries())[0]!.sequence;
  const plan = (await call<{ id: string }>('POST', '/plans', planBody())).body;
  await call('PATCH', `/plans/${plan.id}`, { excludes: ['*.tmp'] });
  await call('PATCH', `/plans/${plan.id}`, { excludes: 'wrong' });
  await call('GET', `/plans/${plan.id}`);
  const run = (await call<{ runId: string }>('POST', `/plans/${plan.id}/run`)).body;
  await call('POST', `/runs/${run.runId}/cancel`);
  await call('PATCH', '/receivers/attic', { draining: true });
  await call('DELETE', `/plans/${plan.id}`);
  const made = (await entries()).filter(({ sequence }) => sequence > before).reverse();
  expect(made.map(({ actor, via, action, object, detail }) => [actor, via, action, object, detail])).toEqual([
    ['ann', 'session', 'plan.add', `plan/${plan.id}`, { name: 'documents', request: planBody() }],
    [
      'ann',
      'session',
      'plan.change',
      `plan/${plan.id}`,
      { name: 'documents', request: { excludes: ['*.tmp'] } },
    ],
    ['ann', 'session', 'plan.run', `plan/${plan.id}`, { runId: run.runId }],
    ['ann', 'session', 'run.cancel', `run/${run.runId}`, { runId: run.runId }],
    ['ann', 'session', 'receiver.change', 'receiver/attic', { request: { draining: true } }],
    ['ann', 'session', 'plan.delete', `plan/${plan.id}`, { name: 'documents' }],
  ]);
  expect((await entries(`object=plan/${plan.id}&action=plan.change`)).length).toBe(1);
});

test('a secret that somebody sends is in no entry', async () => {
  const settings = { kind: 'ntfy', topic: 'hidden-topic', token: 'tk_hidden_token' };
  expect((await call('POST', '/alert-channels', { name: 'phone', settings })).status).toBe(201);
  expect(
    (await call('PUT', '/me/password', { currentPassword: PASSWORD, newPassword: 'a new hidden one' }))
      .status,
  ).toBe(204);
  admin = await browserOf(api, 'ann', 'a new hidden one');
  const text = JSON.stringify(await entries());
  expect(text).toContain('alert-channel.add');
  expect(text).toContain('user.password');
  expect(text).not.toMatch(/hidden|correct horse/);
});

test('two instances append at once, and the chain is whole', async () => {
  const headers = { ...admin.headers, origin: '', 'sec-fetch-site': 'same-origin' };
  const { origin: _, ...sent } = headers;
  const changes = Array.from({ length: 30 }, (_unused, i) =>
    (i % 2 ? api : other).call('PATCH', '/api/v1/receivers/attic', { maxClients: i + 1 }, sent),
  );
  expect((await Promise.all(changes)).every(({ status }) => status === 200)).toBe(true);
  expect((await entries('action=receiver.change')).length).toBeGreaterThanOrEqual(30);
  const { head } = await verify();
  expect(await verify(`?head=${head.sequence}:${head.hash}`)).toMatchObject({
    intact: true,
    entries: head.sequence,
    firstBroken: null,
  });
});

test('an entry that somebody changed in the database is named', async () => {
  const target = (await entries('action=plan.delete'))[0]!;
  const asOwner = async (statement: string): Promise<void> => {
    for (const one of [
      'alter table audit_entries disable trigger audit_entries_stay',
      statement,
      'alter table audit_entries enable trigger audit_entries_stay',
    ])
      await api.connection.ledger.execute(sql.raw(one));
  };
  await asOwner(`update audit_entries set actor = 'bob' where sequence = ${target.sequence}`);
  expect(await verify()).toMatchObject({ intact: false, firstBroken: { sequence: target.sequence } });
  await asOwner(`update audit_entries set actor = 'ann' where sequence = ${target.sequence}`);
  expect(await verify()).toMatchObject({ intact: true });
});

test('where the log cannot be written a change is answered as what it is: done, and not entered', async () => {
  const rename = (from: string, to: string): Promise<unknown> =>
    api.connection.ledger.execute(sql.raw(`alter table ${from} rename to ${to}`));
  await rename('audit_entries', 'audit_entries_away');
  const answer = await call<{ detail: string }>('PATCH', '/receivers/attic', { maxClients: 3 });
  await rename('audit_entries_away', 'audit_entries');
  expect([answer.status, answer.body.detail]).toEqual([503, expect.stringContaining('without an entry')]);
});
