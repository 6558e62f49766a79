import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { AlertRuleInput, type AlertMessage, type SnapshotCounts } from '@periodic-backup/contracts';
import {
  NameTakenError,
  addDeliveries,
  alertPlanFacts,
  changeAlert,
  claimDeliveries,
  damageFacts,
  deleteAlertChannel,
  failedTasks,
  getAlertDelivery,
  getAlertRule,
  inAlertRound,
  insertAlert,
  insertAlertChannel,
  insertAlertRule,
  insertPlan,
  listAlertRules,
  listAlerts,
  noteAttempt,
  pausePlan,
  pingFacts,
  requestAlertTest,
  unansweredAlertTests,
  updateAlertRule,
  type AlertRow,
  type Ledger,
} from '../src/index.js';
import { snapshots } from '../src/schema.js';
import { addRun, openTestLedger, planInput, type TestLedger } from './open-test-ledger.js';

let testLedger: TestLedger;
let ledger: Ledger;
beforeAll(async () => {
  testLedger = await openTestLedger();
  ledger = testLedger.ledger;
});
afterEach(async () => {
  await testLedger.clear();
  await ledger.execute(
    sql`truncate alert_channels, alert_states, alert_notices, alert_deliveries, alert_tests`,
  );
  await ledger.execute(sql`delete from alert_rules where name not like 'Everything%'`);
});
afterAll(() => testLedger.stop());

const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 22, 10, minute));
const MESSAGE: AlertMessage = {
  ...{ title: 'title', text: 'text', severity: null },
  counts: { opened: 0, stillOpen: 0, resolved: 0 },
  ...{ opened: [], stillOpen: [], resolved: [] },
};

async function addSnapshot(
  planId: string,
  minute: number,
  counts: Partial<SnapshotCounts>,
  fields: Partial<typeof snapshots.$inferInsert> = {},
): Promise<void> {
  await ledger.insert(snapshots).values({
    ...{ id: randomUUID(), planId, vaultId: randomUUID(), runId: randomUUID() },
    ...{ snapshot: `2026-11-22T10${String(minute).padStart(2, '0')}00Z`, manifestDigest: 'ab'.repeat(32) },
    previous: minute === 0 ? null : '2026-11-22T100000Z',
    counts: {
      ...{ entries: 1, files: 1, bytes: 1, storedFiles: 0, storedBytes: 0, linkedFiles: 0, copiedFiles: 0 },
      problems: 0,
      ...counts,
    },
    committedAt: at(minute),
    ...{ agentId: 'laptop', agentFolder: 'laptop', planFolder: 'documents' },
    ...fields,
  });
}

test('the table comes with a rule for everything; its thresholds are the defaults', async () => {
  const [rule] = await listAlertRules(ledger);
  expect(rule).toMatchObject({ planIds: null, channelIds: null, minSeverity: 'warning', enabled: true });
  expect(rule).toMatchObject({ kinds: AlertRuleInput.parse({ name: 'x' }).kinds });
  expect(rule!.thresholds).toMatchObject({ shrankPercent: 50, agentSilentSeconds: 300 });
});

test('thresholds of a rule are changed one by one', async () => {
  const input = AlertRuleInput.parse({ name: 'mine', thresholds: { shrankPercent: 20 } });
  const { id } = await insertAlertRule(ledger, { ...input, id: randomUUID() });
  const changed = await updateAlertRule(ledger, id, { thresholds: { grewPercent: 300 } });
  expect(changed!.thresholds).toMatchObject({ shrankPercent: 20, grewPercent: 300, freePercent: 10 });
  await expect(insertAlertRule(ledger, { ...input, id: randomUUID() })).rejects.toThrow(NameTakenError);
  await ledger.execute(sql`update alert_rules set thresholds = thresholds || '{"ofTomorrow": 1}'`);
  expect((await getAlertRule(ledger, id))!.thresholds).toEqual(changed!.thresholds);
});

test('a deleted channel leaves the rules that named it', async () => {
  const settings = { kind: 'ntfy', url: 'https://ntfy.example', topic: 't', token: null } as const;
  const [gone, kept] = [randomUUID(), randomUUID()];
  await insertAlertChannel(ledger, { id: gone, name: 'phone', enabled: true, settings });
  const input = AlertRuleInput.parse({ name: 'mine', channelIds: [gone, kept] });
  const { id } = await insertAlertRule(ledger, { ...input, id: randomUUID() });
  expect(await deleteAlertChannel(ledger, gone)).toBe(true);
  expect((await getAlertRule(ledger, id))!.channelIds).toEqual([kept]);
  expect(await deleteAlertChannel(ledger, gone)).toBe(false);
});

test('how the last backup of a plan ended is told by its end, cancelled ones not counted', async () => {
  const plan = await insertPlan(ledger, planInput());
  const fresh = await insertPlan(ledger, planInput({ name: 'fresh' }));
  const paused = await insertPlan(ledger, planInput({ name: 'paused' }));
  await pausePlan(ledger, paused.id);
  const planId = plan.id;
  await addRun(ledger, { planId, state: 'committed', scheduledFor: at(0), finishedAt: at(9) });
  await addRun(ledger, { planId, state: 'missed', scheduledFor: at(5), finishedAt: at(5), reason: 'late' });
  await addRun(ledger, { planId, state: 'cancelled', scheduledFor: at(10), finishedAt: at(11) });
  await addRun(ledger, {
    ...{ planId, kind: 'verify', state: 'failed', scheduledFor: at(12), finishedAt: at(12) },
  });
  const runFacts = async () => (await alertPlanFacts(ledger)).runs;
  const facts = await runFacts();
  expect(facts.map(({ planId: id }) => id).sort()).toEqual([plan.id, fresh.id].sort());
  expect(facts.find((one) => one.planId === plan.id)).toMatchObject({
    newest: { state: 'committed', endedAt: at(9) },
    lastGoodAt: at(9),
  });
  expect(facts.find((one) => one.planId === fresh.id)).toMatchObject({ newest: null, lastGoodAt: null });
  await addRun(ledger, { planId, state: 'failed', scheduledFor: at(15), finishedAt: at(16), reason: 'no' });
  expect((await runFacts()).find((one) => one.planId === plan.id)).toMatchObject({
    newest: { state: 'failed', reason: 'no', endedAt: at(16) },
    lastGoodAt: at(9),
  });
});

test('a task that failed counts until one of its kind went well', async () => {
  const { id: planId } = await insertPlan(ledger, planInput());
  const verify = { planId, kind: 'verify' } as const;
  await addRun(ledger, {
    ...{ ...verify, state: 'failed', scheduledFor: at(0), finishedAt: at(1), reason: 'disk' },
  });
  expect(await failedTasks(ledger, at(-60))).toMatchObject([{ kind: 'verify', reason: 'disk' }]);
  await addRun(ledger, { ...verify, state: 'committed', scheduledFor: at(2), finishedAt: at(3) });
  expect(await failedTasks(ledger, at(-60))).toEqual([]);
});

test('a snapshot stands beside the medians of the ten before it', async () => {
  const { id: planId } = await insertPlan(ledger, planInput());
  await addSnapshot(planId, 0, { files: 9999, bytes: 9999, storedFiles: 9999 });
  for (let minute = 1; minute <= 11; minute++)
    await addSnapshot(planId, minute, { files: 100 + minute, bytes: 1000, storedFiles: 1 });
  await addSnapshot(planId, 12, { files: 3, bytes: 30, storedFiles: 2 });
  const { snapshots, runs, largestBytes } = await alertPlanFacts(ledger);
  const [facts] = snapshots;
  expect(facts).toMatchObject({ files: 3, bytes: 30, storedFiles: 2, history: 10, committedAt: at(12) });
  expect(facts).toMatchObject({ usualFiles: 106.5, usualBytes: 1000 });
  expect(facts!.usualChangedShare).toBeCloseTo(1 / 106.5, 4);
  expect(largestBytes.get(runs[0]!.vaultId)).toBe(30);
});

test('damage is counted until its snapshot is removed', async () => {
  const planId = randomUUID();
  const damages = [{ snapshot: '2026-11-22T100100Z', path: 'a/b', what: 'its digest differs' }];
  await addSnapshot(planId, 1, {}, { damages });
  await addSnapshot(planId, 2, {}, { damages, removedAt: at(3) });
  await addSnapshot(planId, 3, {}, { damages: [] });
  expect(await damageFacts(ledger)).toEqual([
    { planId, planName: 'documents', snapshots: 1, damages: 1, example: damages[0] },
  ]);
});

test('heartbeats learn of the backup under way and of the one that ended last', async () => {
  const plan = await insertPlan(ledger, planInput());
  const planId = plan.id;
  await addRun(ledger, { planId, state: 'failed', scheduledFor: at(0), finishedAt: at(1), reason: 'no' });
  const running = await addRun(ledger, {
    ...{ planId, state: 'running', scheduledFor: at(2), startedAt: at(2) },
  });
  expect(await pingFacts(ledger, [planId])).toMatchObject([
    {
      underWay: { runId: running.id, at: at(2) },
      ended: { state: 'failed', reason: 'no', at: at(1) },
    },
  ]);
});

test('open alerts come before resolved ones, page by page', async () => {
  const rows = Array.from({ length: 5 }, (_, n): AlertRow => ({
    ...{ id: randomUUID(), kind: 'run-failed', subject: `plan ${n}`, subjectName: 'plan', planId: null },
    ...{ severity: 'critical', what: 'what', advice: 'advice', since: at(n), openedAt: at(n) },
    ...{ calmSince: null, resolvedAt: null, resolution: null },
  }));
  for (const row of rows) await insertAlert(ledger, row);
  await changeAlert(ledger, rows[4]!.id, { resolvedAt: at(30), resolution: 'good' });
  await changeAlert(ledger, rows[0]!.id, { resolvedAt: at(31), resolution: 'good' });
  const first = await listAlerts(ledger, { limit: 3 });
  const second = await listAlerts(ledger, { limit: 3, cursor: first.nextCursor! });
  const order = [...first.items, ...second.items].map(({ subject }) => subject);
  expect(order).toEqual(['plan 3', 'plan 2', 'plan 1', 'plan 0', 'plan 4']);
  expect((await listAlerts(ledger, { limit: 9, state: 'resolved' })).items).toHaveLength(2);
});

test('of two rounds at once one is done', async () => {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  let entered = (): void => undefined;
  const inside = new Promise<void>((resolve) => (entered = resolve));
  const first = inAlertRound(ledger, () => (entered(), held));
  await inside;
  expect(await inAlertRound(ledger, () => Promise.reject(new Error('both at once')))).toBe(false);
  release();
  expect(await first).toBe(true);
});

test('alerts of a channel are leased once, in order, and again when the lease ran out', async () => {
  const [one, two] = [randomUUID(), randomUUID()];
  const base = { channelName: 'c', what: 'alerts', message: MESSAGE, createdAt: at(0) } as const;
  const ids = [randomUUID(), randomUUID(), randomUUID()];
  await addDeliveries(ledger, [
    { ...base, id: ids[0]!, channelId: one, nextAttemptAt: at(0) },
    { ...base, id: ids[1]!, channelId: one, createdAt: at(1), nextAttemptAt: at(1) },
    { ...base, id: ids[2]!, channelId: two, nextAttemptAt: at(1) },
    { ...base, id: randomUUID(), channelId: randomUUID(), nextAttemptAt: at(50) },
  ]);
  const claim = (now: Date) => claimDeliveries(ledger, { now, leasedUntil: at(10), limit: 9 });
  const both = (await Promise.all([claim(at(2)), claim(at(2))])).flat().map(({ id }) => id);
  expect(both.sort()).toEqual([ids[0]!, ids[2]!].sort());
  expect(await claim(at(3))).toEqual([]);
  await noteAttempt(ledger, ids[0]!, { at: at(3).toISOString(), ok: true, result: 'ok' }, { state: 'sent' });
  expect((await claim(at(4))).map(({ id }) => id)).toEqual([ids[1]]);
  expect((await claim(at(11))).map(({ id }) => id).sort()).toEqual([ids[1]!, ids[2]!].sort());
  expect(await getAlertDelivery(ledger, ids[0]!)).toMatchObject({ state: 'sent', nextAttemptAt: null });
});

test('an alert that is tried again holds back those behind it, but neither tests nor other channels', async () => {
  const channelId = randomUUID();
  const base = { channelName: 'c', message: MESSAGE } as const;
  const add = async (
    what: 'alerts' | 'test',
    channel: string,
    created: number,
    due: number,
  ): Promise<string> => {
    const id = randomUUID();
    await addDeliveries(ledger, [
      { ...base, id, what, channelId: channel, createdAt: at(created), nextAttemptAt: at(due) },
    ]);
    return id;
  };
  const first = await add('alerts', channelId, 0, 30);
  const second = await add('alerts', channelId, 1, 1);
  const free = [await add('test', channelId, 2, 2), await add('alerts', randomUUID(), 3, 3)];
  const claim = async (minute: number) =>
    (await claimDeliveries(ledger, { now: at(minute), leasedUntil: at(minute + 1), limit: 9 })).map(
      ({ id }) => id,
    );
  expect((await claim(5)).sort()).toEqual(free.sort());
  expect(await claim(31)).toContain(first);
  await noteAttempt(ledger, first, { at: at(31).toISOString(), ok: true, result: 'ok' }, { state: 'sent' });
  expect(await claim(33)).toContain(second);
});

test('a delivery keeps its newest attempts', async () => {
  const id = randomUUID();
  await addDeliveries(ledger, [
    {
      ...{ id, channelId: randomUUID(), channelName: 'c', what: 'alerts', message: MESSAGE },
      ...{ createdAt: at(0), nextAttemptAt: at(0) },
    },
  ]);
  for (let n = 1; n <= 52; n++)
    await noteAttempt(
      ledger,
      id,
      { at: at(n % 60).toISOString(), ok: false, result: String(n) },
      { state: 'pending', nextAttemptAt: at(59) },
    );
  const results = (await getAlertDelivery(ledger, id))!.attempts.map(({ result }) => Number(result));
  expect([results.length, results[0], results.at(-1)]).toEqual([50, 3, 52]);
});

test('a wish for a test stays until a delivery answers it', async () => {
  const { deliveryId: id } = await requestAlertTest(ledger, randomUUID());
  expect(await unansweredAlertTests(ledger)).toMatchObject([{ id }]);
  await addDeliveries(ledger, [
    {
      ...{ id, channelId: randomUUID(), channelName: 'c', what: 'test', message: MESSAGE },
      ...{ createdAt: at(0), nextAttemptAt: at(0) },
    },
  ]);
  expect(await unansweredAlertTests(ledger)).toEqual([]);
});
