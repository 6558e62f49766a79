import { randomUUID } from 'node:crypto';
import { deletePlan, pausePlan } from '@periodic-backup/ledger';
import { until } from '@periodic-backup/testing';
import { Webhook } from 'standardwebhooks';
import { ALERT_PERIODS, AlertBed, WEBHOOK_SECRET, messageOf } from './alert-bed.js';
import { TestBed } from './test-bed.js';
import { TestHttpServer } from './test-http-server.js';

let bed: TestBed;
let alerts: AlertBed;
let server: TestHttpServer;

beforeAll(async () => {
  bed = await TestBed.open();
  alerts = new AlertBed(bed);
});
beforeEach(async () => {
  server = await TestHttpServer.start();
});
afterEach(async () => {
  await bed.reset();
  await alerts.clear();
  await server.close();
});
afterAll(() => bed.close());

const start = (periods: Record<string, string> = {}) => bed.startScheduler({ ...ALERT_PERIODS, ...periods });

test('a failed run is told with what, since when and what to do, signed as Standard Webhooks says', async () => {
  await alerts.rule();
  await alerts.webhook(server.url);
  const plan = await bed.addPlan();
  await alerts.ended(plan, 'failed');
  await start();

  const { method, path, headers, body } = await server.request();
  expect([method, path, headers['content-type']]).toEqual(['POST', '/hook', 'application/json']);
  const sent = new Webhook(WEBHOOK_SECRET).verify(body, headers as Record<string, string>);
  expect(sent).toMatchObject({ type: 'backup.alerts', data: { severity: 'critical' } });
  const { title, text, opened } = messageOf({ method, path, headers, body });
  expect(title).toBe(`Plan "${plan.name}" of agent "${plan.agentId}" is failing`);
  expect(text).toMatch(/since \d{4}-\d\d-\d\d \d\d:\d\d UTC/);
  expect(text).toMatch(/The disk says no\. There is no complete one yet\.\nWhat to do: Correct what/);
  expect(text).not.toMatch(/https?:/);
  expect(opened).toMatchObject([{ kind: 'run-failed', subject: plan.id, planId: plan.id }]);
  const [delivery] = await alerts.deliveries();
  expect(headers['webhook-id']).toBe(delivery!.id);
  expect(() => new Webhook(WEBHOOK_SECRET).verify(`${body} `, headers as Record<string, string>)).toThrow();
});

test('it resolves with a message of its own once a run went well', async () => {
  await alerts.rule();
  await alerts.webhook(server.url);
  const plan = await bed.addPlan();
  await alerts.ended(plan, 'failed', 1);
  await start();
  await server.request();
  await alerts.ended(plan, 'committed');
  const { title, resolved, opened, severity } = messageOf(await server.request(2));
  expect(title).toBe(`Resolved: Plan "${plan.name}" of agent "${plan.agentId}" works again`);
  expect([opened, severity]).toEqual([[], null]);
  expect(resolved).toMatchObject([{ kind: 'run-failed', resolvedAt: expect.any(String) }]);
  expect(await alerts.alerts()).toMatchObject([{ resolution: expect.stringMatching(/works again\.$/) }]);
});

test('what happens within a grouping window goes in one message', async () => {
  await alerts.rule({ groupingSeconds: 3 });
  await alerts.webhook(server.url);
  const fail = async (): Promise<void> => alerts.ended(await bed.addPlan(), 'failed');
  for (let n = 0; n < 6; n++) await fail();
  await start();
  await until(async () => (await alerts.alerts()).length === 6);
  for (let n = 0; n < 6; n++) await fail();
  await alerts.ended(await bed.addPlan(), 'partial');
  const { title, text, counts } = messageOf(await server.request());
  expect(title).toMatch(/^12 plans are failing, plan ".*" is leaving files out$/);
  expect(counts).toEqual({ opened: 13, stillOpen: 0, resolved: 0 });
  expect(text.match(/^- plan/gm)).toHaveLength(10);
  expect(text).toMatch(/^- and 2 more\.$/m);
  expect(await alerts.alerts('open')).toHaveLength(13);
  await until(async () => (await alerts.deliveries())[0]?.state === 'sent');
  expect(server.requests).toHaveLength(1);
});

test('an alert that stays open is told again after the repeat interval', async () => {
  await alerts.rule({ repeatSeconds: 60 });
  await alerts.webhook(server.url);
  await alerts.ended(await bed.addPlan(), 'failed');
  await start();
  await server.request();
  await alerts.ledger.execute(`update alert_notices set said_at = now() - interval '61 seconds'`);
  const { title, stillOpen, opened } = messageOf(await server.request(2));
  expect(title).toMatch(/^Still: Plan .* is failing$/);
  expect([stillOpen.length, opened.length]).toEqual([1, 0]);
});

test('a server that fails is tried again with the same id until it takes it', async () => {
  await alerts.rule();
  await alerts.webhook(server.url);
  server.answers.push(500, 503);
  await alerts.ended(await bed.addPlan(), 'failed');
  await start();
  const requests = [await server.request(1), await server.request(2), await server.request(3)];
  expect(new Set(requests.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  const id = String(requests[0]!.headers['webhook-id']);
  const { state, attempts } = await alerts.deliveryDone(id);
  expect(state).toBe('sent');
  expect(attempts.map(({ ok, result }) => [ok, result])).toEqual([
    [false, 'It answered 500.'],
    [false, 'It answered 503.'],
    [true, 'It answered 200.'],
  ]);
});

test('a redirect is not followed, and says so', async () => {
  const elsewhere = await TestHttpServer.start();
  await alerts.rule();
  const channelId = await alerts.webhook(server.url);
  server.headers['location'] = elsewhere.url;
  server.answers.push(302);
  await alerts.ledger.execute(
    `insert into alert_tests (id, channel_id) values ('${randomUUID()}', '${channelId}')`,
  );
  await start();
  await server.request();
  const [delivery] = await until(async () => {
    const all = await alerts.deliveries();
    return all[0]?.state === 'failed' ? all : null;
  });
  expect(delivery!.attempts[0]!.result).toMatch(/302, a redirect, which is not followed/);
  expect(elsewhere.requests).toEqual([]);
  await elsewhere.close();
});

test('a server that is dead or silent keeps no other channel waiting, and later gets its message', async () => {
  await alerts.rule();
  const dead = await TestHttpServer.start();
  await alerts.webhook(dead.url);
  const silent = await TestHttpServer.start();
  silent.answers.push(null);
  await alerts.webhook(silent.url);
  await dead.close();
  await alerts.webhook(server.url);
  await alerts.ended(await bed.addPlan(), 'failed');
  await start({ ALERT_TIMEOUT_MS: '400' });
  await server.request();
  await silent.request(2);
  const results = await until(async () => {
    const words = (await alerts.deliveries()).flatMap(({ attempts }) => attempts.map(({ result }) => result));
    return words.some((word) => /within 0.4 s/.test(word)) && words.some((word) => /ECONNREFUSED/.test(word))
      ? words
      : null;
  });
  expect(results).toContain('It answered 200.');
  await silent.close();
});

test('two schedulers send once', async () => {
  await alerts.rule();
  await alerts.webhook(server.url);
  const plans = [await bed.addPlan(), await bed.addPlan(), await bed.addPlan()];
  for (const plan of plans) await alerts.ended(plan, 'failed', 1);
  await Promise.all([start(), start()]);
  await server.request();
  for (const plan of plans) await alerts.ended(plan, 'committed');
  await until(async () => (await alerts.alerts('resolved')).length === 3);
  await until(async () => (await alerts.deliveries()).every(({ state }) => state === 'sent'));
  const told = server.requests.map(messageOf);
  expect(told.reduce((sum, { counts }) => sum + counts.opened, 0)).toBe(3);
  expect(told.reduce((sum, { counts }) => sum + counts.resolved, 0)).toBe(3);
  const ids = server.requests.map(({ headers }) => headers['webhook-id']);
  expect(new Set(ids).size).toBe(ids.length);
});

test('a run that ends is told without waiting for the next round', async () => {
  await alerts.rule({ kinds: ['run-missed'] });
  await alerts.webhook(server.url);
  await start({ ALERT_ROUND_MS: '600000' });
  const plan = await bed.addPlan({
    schedule: { kind: 'every', everySeconds: 3600 },
    dueFrom: new Date(Date.now() - 3 * 3_600_000),
  });
  await bed.planChanged(plan.id);
  const { opened } = messageOf(await server.request());
  expect(opened).toMatchObject([{ kind: 'run-missed', subject: plan.id }]);
});

test('what no rule asks for any more is closed without a word', async () => {
  await alerts.rule();
  await alerts.webhook(server.url);
  await alerts.ended(await bed.addPlan(), 'failed');
  await start();
  await server.request();
  await alerts.rule({ kinds: ['agent-silent'] });
  const [closed] = await until(async () => {
    const all = await alerts.alerts('resolved');
    return all.length > 0 ? all : null;
  });
  expect(closed!.resolution).toBe('No rule asks for it any more.');
  await until(async () => (await alerts.deliveries()).every(({ state }) => state === 'sent'));
  expect(server.requests).toHaveLength(1);
});

test('a plan that is paused or deleted is told of no more, and not called well', async () => {
  await alerts.rule();
  await alerts.webhook(server.url);
  const [paused, deleted] = [await bed.addPlan(), await bed.addPlan()];
  await alerts.ended(paused, 'failed');
  await alerts.ended(deleted, 'failed');
  await start();
  await until(async () => (await alerts.alerts('open')).length === 2);
  await pausePlan(alerts.ledger, paused.id);
  await deletePlan(alerts.ledger, deleted.id);
  await until(async () => (await alerts.alerts('resolved')).length === 2);
  const ends = (await alerts.alerts()).map(({ resolution }) => resolution);
  expect(new Set(ends)).toEqual(new Set(['The plan was paused or deleted.']));
  await until(async () => (await alerts.deliveries()).every(({ state }) => state === 'sent'));
  expect(server.requests.map((request) => messageOf(request).counts.resolved)).not.toContain(1);
});

test('an end that nobody was told of yet is taken back when it fails again', async () => {
  await alerts.rule();
  await alerts.webhook(server.url);
  const [plan, other] = [await bed.addPlan(), await bed.addPlan()];
  await alerts.ended(plan, 'failed', 3);
  await start();
  await server.request();
  await alerts.ledger.execute('update alert_rules set grouping_seconds = 600');
  // Whatever looked with the old rule has looked once this one is there.
  await alerts.ended(other, 'failed', 3);
  await until(async () => (await alerts.alerts('open')).length === 2);
  await alerts.ended(plan, 'committed', 2);
  await until(async () => (await alerts.alerts('resolved')).length === 1);
  await alerts.ended(plan, 'failed', 1);
  await until(async () => (await alerts.alerts('open')).length === 2);
  expect([(await alerts.alerts()).length, server.requests.length]).toEqual([2, 1]);
});

test('a channel hears of an alert once, though two rules lead to it', async () => {
  const ruleId = await alerts.rule();
  await alerts.webhook(server.url);
  await alerts.ledger.execute(
    `insert into alert_rules (id, name, kinds, min_severity, repeat_seconds, grouping_seconds, thresholds)
     select '${randomUUID()}', 'second', kinds, min_severity, repeat_seconds, grouping_seconds, thresholds
     from alert_rules where id = '${ruleId}'`,
  );
  await alerts.ended(await bed.addPlan(), 'failed');
  await start();
  await server.request();
  await until(async () => (await alerts.deliveries()).every(({ state }) => state === 'sent'));
  expect([(await alerts.deliveries()).length, (await alerts.alerts()).length]).toEqual([1, 1]);
});
