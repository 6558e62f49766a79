import { randomUUID } from 'node:crypto';
import { Writable } from 'node:stream';
import type { SettingsOf } from '@periodic-backup/contracts';
import { requestAlertTest } from '@periodic-backup/ledger';
import { TestAuthority, until } from '@periodic-backup/testing';
import { pino } from 'pino';
import { ALERT_PERIODS, AlertBed, WEBHOOK_SECRET } from './alert-bed.js';
import { TestBed } from './test-bed.js';
import { TestHttpServer } from './test-http-server.js';
import { TestSmtpServer } from './test-smtp-server.js';

let bed: TestBed;
let alerts: AlertBed;
const servers: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  bed = await TestBed.open();
  alerts = new AlertBed(bed);
});
beforeEach(() => alerts.rule());
afterEach(async () => {
  await bed.reset();
  await alerts.clear();
  for (const server of servers.splice(0)) await server.close();
});
afterAll(() => bed.close());

const start = () => bed.startScheduler(ALERT_PERIODS);
async function http(): Promise<TestHttpServer> {
  const server = await TestHttpServer.start();
  servers.push(server);
  return server;
}
async function smtp(options?: Parameters<typeof TestSmtpServer.start>[0]): Promise<TestSmtpServer> {
  const server = await TestSmtpServer.start(options);
  servers.push(server);
  return server;
}
const mailTo = (port: number, changes: Partial<SettingsOf<'email'>> = {}): SettingsOf<'email'> => ({
  kind: 'email',
  ...{ host: '127.0.0.1', port, security: 'plain', user: null, password: null, tlsCa: null },
  ...{ from: 'Backup <backup@example.org>', to: ['ann@example.org', 'bob@example.org'] },
  ...changes,
});
async function tested(channelId: string) {
  const { deliveryId } = await requestAlertTest(alerts.ledger, channelId);
  return alerts.deliveryDone(deliveryId);
}

describe('e-mail', () => {
  test('is sent to every address, by a user with a password', async () => {
    const server = await smtp();
    const channel = mailTo(server.port, { user: 'ann', password: 'correct horse' });
    await alerts.channel(channel);
    const plan = await bed.addPlan();
    await alerts.ended(plan, 'failed');
    await start();
    const { to, from, source, user } = await server.mail();
    expect([to, from, user]).toEqual([channel.to, 'backup@example.org', 'ann']);
    const [delivery] = await alerts.deliveries();
    expect(source).toContain(`Message-ID: <${delivery!.id}@periodic-backup>`);
    expect(source).toMatch(/^Subject: .*Plan_/m);
    expect(source).toContain('The disk says no.');
    expect(source).toMatch(/^Auto-Submitted: auto-generated/m);
  });

  test('is encrypted by STARTTLS under a private CA', async () => {
    const authority = new TestAuthority();
    const { keyPem: key, certPem: cert } = authority.serverCertificate('127.0.0.1');
    const server = await smtp({ key, cert });
    await start();
    const id = await alerts.channel(mailTo(server.port, { security: 'starttls', tlsCa: authority.pem }));
    expect(await tested(id)).toMatchObject({ state: 'sent' });
    expect(await server.mail()).toMatchObject({ encrypted: true });
    const other = await alerts.channel(
      mailTo(server.port, { security: 'starttls', tlsCa: new TestAuthority().pem }),
    );
    expect(await tested(other)).toMatchObject({ state: 'failed' });
    expect(server.mails).toHaveLength(1);
  });

  test('is not sent in the clear to a server that cannot STARTTLS', async () => {
    const server = await smtp();
    await start();
    const settings = mailTo(server.port, { security: 'starttls', user: 'ann', password: 'correct horse' });
    expect(await tested(await alerts.channel(settings))).toMatchObject({ state: 'failed' });
    expect([server.mails, server.passwords]).toEqual([[], []]);
  });

  test('that a server refuses is tried again', async () => {
    let refusals = 0;
    const server = await smtp({
      onRcptTo: (_address, _session, callback) => {
        refusals += 1;
        callback(refusals <= 2 ? Object.assign(new Error('Too busy'), { responseCode: 451 }) : null);
      },
    });
    await alerts.channel(mailTo(server.port));
    await alerts.ended(await bed.addPlan(), 'failed');
    await start();
    await server.mail();
    const { attempts } = await alerts.deliveryDone((await alerts.deliveries())[0]!.id);
    expect(attempts.map(({ ok }) => ok)).toEqual([false, true]);
    expect(attempts[0]!.result).toMatch(/Too busy/);
  });
});

test('ntfy gets topic, title, priority and token', async () => {
  const server = await http();
  await alerts.channel({ kind: 'ntfy', url: server.url, topic: 'backups', token: 'tk_hidden' });
  await alerts.ended(await bed.addPlan(), 'failed');
  await start();
  const { path, headers, body } = await server.request();
  expect([path, headers.authorization]).toEqual(['/', 'Bearer tk_hidden']);
  expect(JSON.parse(body)).toMatchObject({
    topic: 'backups',
    title: expect.stringMatching(/is failing$/),
    message: expect.stringMatching(/What to do:/),
    priority: 4,
    tags: ['rotating_light'],
  });
});

test('the test button sends at once and says how it went, once', async () => {
  const server = await http();
  const id = await alerts.webhook(server.url);
  await start();
  const good = await tested(id);
  expect(good).toMatchObject({ state: 'sent', what: 'test', attempts: [{ result: 'It answered 200.' }] });
  expect(JSON.parse((await server.request()).body)).toMatchObject({ type: 'backup.test' });
  server.answers.push(401);
  expect(await tested(id)).toMatchObject({ state: 'failed', attempts: [{ result: 'It answered 401.' }] });
  expect(server.requests).toHaveLength(2);
});

test('a channel that was switched off or deleted gets nothing more, and its deliveries end', async () => {
  const server = await http();
  const id = await alerts.webhook(server.url);
  server.answers.push(...Array.from({ length: 50 }, () => 500));
  await alerts.ended(await bed.addPlan(), 'failed');
  await start();
  await server.request();
  await alerts.ledger.execute(`delete from alert_channels where id = '${id}'`);
  const delivery = await alerts.deliveryDone((await alerts.deliveries())[0]!.id);
  expect([delivery.state, delivery.attempts.at(-1)!.result]).toEqual(['failed', 'The channel was deleted.']);
});

describe('heartbeats', () => {
  const pingsOf = (server: TestHttpServer, planId: string): SettingsOf<'heartbeat'> => ({
    kind: 'heartbeat',
    method: 'GET',
    partialCountsAs: 'fail',
    pings: [
      {
        planId,
        startUrl: `${server.url}/uuid/start`,
        successUrl: `${server.url}/uuid`,
        failUrl: `${server.url}/uuid/fail`,
      },
    ],
  });
  const run = async (planId: string, state: string, secondsFromNow: number): Promise<string> => {
    const id = randomUUID();
    const at = new Date(Date.now() + secondsFromNow * 1000).toISOString();
    const finished = state === 'running' ? 'null' : `'${at}'`;
    await alerts.ledger.execute(
      `insert into runs (id, plan_id, agent_id, trigger, state, reason, scheduled_for, started_at, alive_at, finished_at)
       values ('${id}', '${planId}', 'agent', 'manual', '${state}', 'words', '${at}', '${at}', now(), ${finished})`,
    );
    return id;
  };

  test('call one URL per start, success and failure of a plan, each once', async () => {
    const server = await http();
    const plan = await bed.addPlan();
    await run(plan.id, 'failed', -60);
    await alerts.channel(pingsOf(server, plan.id));
    await Promise.all([
      bed.startScheduler({ ...ALERT_PERIODS, SETTLE_MS: '60000' }),
      bed.startScheduler({ ...ALERT_PERIODS, SETTLE_MS: '60000' }),
    ]);
    const id = await run(plan.id, 'running', 1);
    expect((await server.request(1)).path).toBe('/uuid/start');
    await alerts.ledger.execute(
      `update runs set state = 'committed', finished_at = now() + interval '2 seconds' where id = '${id}'`,
    );
    expect((await server.request(2)).path).toBe('/uuid');
    await run(plan.id, 'missed', 3);
    expect((await server.request(3)).path).toBe('/uuid/fail');
    await run(plan.id, 'partial', 4);
    expect(await server.request(4)).toMatchObject({ path: '/uuid/fail', method: 'GET' });
    await until(async () => (await alerts.deliveries()).every(({ state }) => state === 'sent'));
    expect(server.requests).toHaveLength(4);
  });

  test('that could not be told of a start are told of the end alone', async () => {
    const server = await http();
    server.answers.push(500, 500);
    const plan = await bed.addPlan();
    await alerts.channel(pingsOf(server, plan.id));
    await bed.startScheduler({ ...ALERT_PERIODS, SETTLE_MS: '60000', ALERT_RETRY_DELAYS_MS: '60000' });
    const id = await run(plan.id, 'running', 1);
    await server.request();
    await alerts.ledger.execute(
      `update runs set state = 'committed', finished_at = now() + interval '2 seconds' where id = '${id}'`,
    );
    await server.request(2);
    const states = await until(async () => {
      const all = await alerts.deliveries();
      return all.length === 2 ? all.map(({ state }) => state) : null;
    });
    expect(states).toEqual(['pending', 'superseded']);
  });
});

test('no secret of any channel reaches the log or the history of deliveries', async () => {
  const lines: string[] = [];
  const sink = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(chunk.toString());
      done();
    },
  });
  const mail = await smtp();
  const dead = await http();
  const plan = await bed.addPlan();
  const url = `${dead.url}/hidden-path`;
  const ids = [
    await alerts.channel({ kind: 'webhook', url, secret: WEBHOOK_SECRET }),
    await alerts.channel({ kind: 'ntfy', url: dead.url, topic: 't', token: 'hidden-token' }),
    await alerts.channel(mailTo(mail.port, { user: 'ann', password: 'hidden-password' })),
    await alerts.channel({
      kind: 'heartbeat',
      ...{ method: 'GET', partialCountsAs: 'fail' },
      pings: [{ planId: plan.id, startUrl: url, successUrl: null, failUrl: null }],
    }),
  ];
  await dead.close();
  servers.splice(servers.indexOf(dead), 1);
  await bed.startScheduler(ALERT_PERIODS, pino({ level: 'trace' }, sink));
  const deliveries = await Promise.all(ids.map(tested));
  expect(deliveries.map(({ state }) => state)).toEqual(Array.from({ length: 4 }, () => 'failed'));
  expect(mail.passwords).toEqual(['hidden-password']);
  const said = lines.join('') + JSON.stringify(deliveries);
  expect(said).toMatch(/alert message not sent/);
  expect(said).not.toMatch(/hidden-|C2FVsBQIhrs/);
});
