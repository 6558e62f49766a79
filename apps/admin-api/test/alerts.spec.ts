import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import type {
  AlertChannelView,
  AlertDelivery,
  AlertRule,
  Plan,
  Problem,
  StoredChannelSettings,
} from '@periodic-backup/contracts';
import { SecretBox, openChannel } from '@periodic-backup/platform';
import { TestApi, planBody, startServers, type Servers } from './test-api.js';

let servers: Servers;
let api: TestApi;
beforeAll(async () => {
  servers = await startServers();
  api = await TestApi.start(servers);
});
afterEach(async () => {
  await api.clear();
  await api.connection.ledger.execute(
    'truncate alert_channels, alert_tests, alert_states, alert_notices, alert_deliveries',
  );
  await api.connection.ledger.execute("delete from alert_rules where name not like 'Everything%'");
});
afterAll(async () => {
  await api.close();
  await servers.stop();
});

const MASK = '••••••';
const webhook = { kind: 'webhook', url: 'https://hooks.example/backup?key=hidden' };
const email = {
  kind: 'email',
  ...{ host: 'mail.example', port: 587, security: 'starttls', user: 'ann', password: 'correct horse' },
  ...{ from: 'Backup <backup@example.org>', to: ['ann@example.org'] },
};

const add = (settings: object, name = 'channel') =>
  api.call<AlertChannelView>('POST', '/api/v1/alert-channels', { name, settings });
const change = <T = AlertChannelView>(id: string, patch: object) =>
  api.call<T>('PATCH', `/api/v1/alert-channels/${id}`, patch);

/** What lies in the ledger, opened with the key. */
async function stored(id: string): Promise<Record<string, unknown>> {
  return openChannel(SecretBox.load(servers.secretsKeyFile), id, await inLedger(id));
}

async function inLedger(id: string): Promise<StoredChannelSettings> {
  const { rows } = await api.connection.ledger.execute<{ settings: StoredChannelSettings }>(
    `select settings from alert_channels where id = '${id}'`,
  );
  return rows[0]!.settings;
}

async function addPlan(): Promise<Plan> {
  await api.announceAgent();
  await api.announceReceiver();
  return (await api.call<Plan>('POST', '/api/v1/plans', planBody())).body;
}

test('the secret of a webhook is shown once, then masked, and stays over other changes', async () => {
  const made = await add(webhook);
  expect(made.status).toBe(201);
  const { id, newSecret } = made.body;
  expect(newSecret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  const path = `/api/v1/alert-channels/${id}`;
  const texts = [
    JSON.stringify((await api.call('GET', path)).body),
    JSON.stringify((await api.call('GET', '/api/v1/alert-channels')).body),
    JSON.stringify((await change(id, { name: 'other', settings: webhook })).body),
  ];
  for (const text of texts) {
    expect(text).not.toContain(newSecret);
    expect(text).not.toContain('hidden');
    expect(text).toContain(`"url":"https://hooks.example/backup?${MASK}"`);
    expect(text).toContain(`"secret":"${MASK}"`);
  }
  expect((await stored(id))['secret']).toBe(newSecret);
  const renewed = await change(id, { settings: { ...webhook, secret: null } });
  expect(renewed.body.newSecret).toMatch(/^whsec_/);
  expect((await stored(id))['secret']).toBe(renewed.body.newSecret);
});

test('a password is never read back and does not follow to another server', async () => {
  const { body } = await add(email);
  expect(body.settings).toMatchObject({ host: 'mail.example', password: MASK });
  const { password: _password, ...withoutPassword } = email;
  await change(body.id, { settings: { ...withoutPassword, to: ['bob@example.org'] } });
  expect(await stored(body.id)).toMatchObject({ password: 'correct horse', to: ['bob@example.org'] });
  const elsewhere = { settings: { ...withoutPassword, host: 'mail.evil.example' } };
  const refusal = await change<Problem>(body.id, elsewhere);
  expect([refusal.status, refusal.body.errors]).toEqual([
    422,
    [{ path: 'settings.password', message: expect.stringMatching(/needed again/) }],
  ]);
  expect(await stored(body.id)).toMatchObject({ host: 'mail.example' });
});

test("a dead man's switch shows only whom it calls; a URL that is left out stays", async () => {
  const plan = await addPlan();
  const ping = { planId: plan.id, successUrl: 'https://hc.example/secret-uuid' };
  const { body } = await add({ kind: 'heartbeat', pings: [ping] });
  expect(body.settings).toMatchObject({
    partialCountsAs: 'fail',
    pings: [{ startUrl: null, successUrl: `https://hc.example/${MASK}`, failUrl: null }],
  });
  const failUrl = 'https://hc.example/secret-uuid/fail';
  await change(body.id, { settings: { kind: 'heartbeat', pings: [{ planId: plan.id, failUrl }] } });
  expect(await stored(body.id)).toMatchObject({ pings: [{ ...ping, startUrl: null, failUrl }] });
});

test.each<[string, object, string]>([
  ['a URL that is none', { kind: 'webhook', url: 'ftp://x' }, 'settings.url'],
  ['a password in a URL', { kind: 'webhook', url: 'https://a:b@hooks.example' }, 'settings.url'],
  ['a secret that is none', { ...webhook, secret: 'whsec_short' }, 'settings.secret'],
  ['a masked password', { ...email, password: MASK }, 'settings.password'],
  ['a mail address that is none', { ...email, to: ['ann'] }, 'settings.to.0'],
  ['a sender with a line break', { ...email, from: 'a\r\nBcc: b <a@b.example>' }, 'settings.from'],
  ['no address', { ...email, to: [] }, 'settings.to'],
  ['a topic with a slash', { kind: 'ntfy', topic: 'a/b' }, 'settings.topic'],
  ['a member nobody knows', { kind: 'ntfy', topic: 'a', colour: 'red' }, 'settings'],
])('%s is refused at its field', async (_what, settings, path) => {
  const { status, body } = await api.call<Problem>('POST', '/api/v1/alert-channels', { name: 'x', settings });
  expect([status, body.errors?.map((error) => error.path)]).toEqual([400, [path]]);
});

test.each<[string, object, string]>([
  ['a user without a password', { ...email, password: null }, 'settings.password'],
  ['a password in the clear', { ...email, security: 'plain' }, 'settings.password'],
  [
    'a plan that is none',
    { kind: 'heartbeat', pings: [{ planId: randomUUID(), failUrl: 'https://hc.example' }] },
    'settings.pings.0.planId',
  ],
])('%s cannot work, at its field', async (_what, settings, path) => {
  const { status, body } = await api.call<Problem>('POST', '/api/v1/alert-channels', { name: 'x', settings });
  expect([status, body.errors?.map((error) => error.path)]).toEqual([422, [path]]);
});

test('a channel keeps its kind, and its name is its own', async () => {
  const first = (await add(webhook, 'first')).body;
  await add(email, 'second');
  const taken = await change<Problem>(first.id, { name: 'second' });
  expect([taken.status, taken.body.errors]).toEqual([409, [{ path: 'name', message: 'is taken' }]]);
  const other = await change<Problem>(first.id, { settings: email });
  expect([other.status, other.body.errors?.[0]?.path]).toEqual([422, 'settings.kind']);
});

test('a channel that is deleted is gone, and rules that named it go on without it', async () => {
  const { id } = (await add(webhook)).body;
  const rule = { name: 'mine', channelIds: [id] };
  const made = await api.call<AlertRule>('POST', '/api/v1/alert-rules', rule);
  expect((await api.call('DELETE', `/api/v1/alert-channels/${id}`)).status).toBe(204);
  expect((await api.call('GET', `/api/v1/alert-channels/${id}`)).status).toBe(404);
  const left = await api.call<AlertRule>('GET', `/api/v1/alert-rules/${made.body.id}`);
  expect(left.body.channelIds).toEqual([]);
});

test('a new channel works at once: there is a rule for everything', async () => {
  const { items } = (await api.call<{ items: AlertRule[] }>('GET', '/api/v1/alert-rules')).body;
  expect(items).toMatchObject([
    { name: 'Everything that wants attention', channelIds: null, planIds: null, repeatSeconds: 86_400 },
  ]);
});

test('a rule is made with defaults, changed in part, and deleted', async () => {
  const body = { name: 'mine', thresholds: { shrankPercent: 20 } };
  const made = await api.call<AlertRule>('POST', '/api/v1/alert-rules', body);
  expect([made.status, made.body.kinds.length, made.body.minSeverity]).toEqual([201, 11, 'warning']);
  const path = `/api/v1/alert-rules/${made.body.id}`;
  const patch = { repeatSeconds: null, thresholds: { freePercent: 5 } };
  const changed = (await api.call<AlertRule>('PATCH', path, patch)).body;
  expect(changed).toMatchObject({ name: 'mine', repeatSeconds: null });
  expect(changed.thresholds).toMatchObject({ shrankPercent: 20, freePercent: 5, grewPercent: 200 });
  expect((await api.call('DELETE', path)).status).toBe(204);
  expect((await api.call('PATCH', path, patch)).status).toBe(404);
});

test.each<[object, number, string]>([
  [{ kinds: ['nonsense'] }, 400, 'kinds.0'],
  [{ repeatSeconds: 1 }, 400, 'repeatSeconds'],
  [{ thresholds: { shrankPercent: 0 } }, 400, 'thresholds.shrankPercent'],
  [{ planIds: [randomUUID()] }, 422, 'planIds.0'],
  [{ channelIds: [randomUUID()] }, 422, 'channelIds.0'],
])('a rule with %j is refused at its field', async (fields, status, path) => {
  const answer = await api.call<Problem>('POST', '/api/v1/alert-rules', { name: 'mine', ...fields });
  expect([answer.status, answer.body.errors?.[0]?.path]).toEqual([status, path]);
});

test('a test is a wish that the scheduler answers', async () => {
  const { id } = (await add(webhook, 'hook')).body;
  const answer = await api.call<{ deliveryId: string }>('POST', `/api/v1/alert-channels/${id}/test`);
  expect(answer.status).toBe(202);
  const { deliveryId } = answer.body;
  const delivery = await api.call<AlertDelivery>('GET', `/api/v1/alert-deliveries/${deliveryId}`);
  expect(delivery.body).toMatchObject({
    id: deliveryId,
    state: 'pending',
    what: 'test',
    channelName: 'hook',
  });
  expect((await api.call('GET', `/api/v1/alert-deliveries/${randomUUID()}`)).status).toBe(404);
  expect((await api.call('POST', `/api/v1/alert-channels/${randomUUID()}/test`)).status).toBe(404);
});

test('alerts and deliveries are read by page', async () => {
  await api.connection.ledger.execute(
    `insert into alert_states (id, kind, subject, subject_name, severity, what, advice, since, opened_at, resolved_at, resolution)
     select gen_random_uuid(), 'run-failed', n::text, 'plan', 'critical', 'what', 'advice', now(), now(),
       case when n > 3 then now() end, case when n > 3 then 'good' end from generate_series(1, 5) as n`,
  );
  const first = (await api.call<{ items: object[]; nextCursor: string }>('GET', '/api/v1/alerts?limit=4'))
    .body;
  expect(first.items.map((alert) => 'resolvedAt' in alert && alert.resolvedAt === null)).toEqual([
    ...[true, true, true],
    false,
  ]);
  const rest = (await api.call<{ items: object[] }>('GET', `/api/v1/alerts?cursor=${first.nextCursor}`)).body;
  expect(rest.items).toHaveLength(1);
  const open = (await api.call<{ items: object[] }>('GET', '/api/v1/alerts?state=open')).body;
  expect(open.items).toHaveLength(3);
  expect((await api.call('GET', '/api/v1/alert-deliveries')).body).toEqual({ items: [], nextCursor: null });
});

describe('secrets of channels', () => {
  test('lie sealed in the ledger, URLs too', async () => {
    const { body } = await add(webhook);
    const settings = await inLedger(body.id);
    expect(settings).toEqual({ kind: 'webhook', sealed: expect.stringMatching(/^v1\./) });
    expect(JSON.stringify(settings)).not.toMatch(/hidden|whsec_/);
  });

  test('that an older version stored in the clear, or an older key has sealed, are sealed anew at the next start', async () => {
    const clear = (await add(email, 'clear')).body.id;
    const sealed = (await add(email, 'sealed')).body.id;
    const before = await stored(clear);
    await api.connection.ledger.execute(
      `update alert_channels set settings = '${JSON.stringify(before)}' where id = '${clear}'`,
    );
    const old = readFileSync(servers.secretsKeyFile, 'utf8');
    writeFileSync(servers.secretsKeyFile, `${'c'.repeat(64)}\n${old}`);
    await (await TestApi.start(servers)).close();
    writeFileSync(servers.secretsKeyFile, `${'c'.repeat(64)}\n`);
    expect([await stored(clear), await stored(sealed)]).toEqual([before, before]);
    writeFileSync(servers.secretsKeyFile, old);
    const lost = await api.call<Problem>('GET', `/api/v1/alert-channels/${sealed}`);
    expect([lost.status, lost.body.detail]).toEqual([500, expect.stringContaining('give the secret again')]);
  });

  test('are not taken where there is no key, and the answer says what to set', async () => {
    const keyless = await TestApi.start(servers, { SECRETS_KEY_FILE: '' });
    const body = { name: 'x', settings: webhook };
    const answer = await keyless.call<Problem>('POST', '/api/v1/alert-channels', body);
    await keyless.close();
    expect([answer.status, answer.body.detail]).toEqual([501, expect.stringContaining('SECRETS_KEY_FILE')]);
  });
});
