import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { digestOrder, type VerifyTask } from '@periodic-backup/contracts';
import { freePort, seededBytes, until } from '@periodic-backup/testing';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { ReceiverFixture, placeOf, type TestReceiver } from './support/receiver-fixture.js';
import { RunEvents } from './support/run-events.js';
import { treeOf, type SourceTree } from './support/source-tree.js';
import { TestClient } from './support/test-client.js';
import { TestReader } from './support/test-reader.js';
import { VaultQueue } from './support/vault-queue.js';

const MIB = 1024 * 1024;
const VERIFY_ALL: VerifyTask = { kind: 'verify', snapshots: null, bytesPerSecond: null };

let fixture: ReceiverFixture;
let receiver: TestReceiver;
let queue: VaultQueue;
let events: RunEvents;

beforeAll(async () => {
  fixture = await ReceiverFixture.open();
  receiver = await fixture.receiver({ VERIFY_PART_MIB: '1', RECEIVER_ID: 'attic' });
  queue = new VaultQueue(fixture.redis.url, fixture.vault.identity.id, fixture);
  events = new RunEvents(fixture.redis.url);
});
afterAll(async () => {
  await queue.close();
  await events.close();
  await fixture.close();
});

test('removes the snapshots it is told to, and says which stay', async () => {
  const planId = randomUUID();
  const [first, second] = [await backUp(planId, treeOf(5, 10)), await backUp(planId, treeOf(6, 10))];
  const runId = await queue.order(placeOf(planId), {
    kind: 'prune',
    snapshots: [first, second],
    keepOnlyCopies: false,
  });
  const ended = await events.ended(runId);
  expect(ended).toMatchObject({
    by: 'attic',
    error: null,
    result: { kind: 'prune', removed: [first], kept: [{ snapshot: second, reason: expect.any(String) }] },
  });
  expect((await events.ofTask(runId))[0]?.type).toBe('task-started');
  expect(snapshotsOf(planId)).toEqual([second]);
});

test('leaves a snapshot that somebody reads', async () => {
  const planId = randomUUID();
  const [first] = [await backUp(planId, treeOf(5, 10)), await backUp(planId, treeOf(6, 10))];
  const reader = await TestReader.open(receiver.port, fixture.readTicket(planId), first);
  const task = { kind: 'prune' as const, snapshots: [first], keepOnlyCopies: false };
  expect((await events.ended(await queue.order(placeOf(planId), task))).result).toMatchObject({
    removed: [],
  });
  reader.bye();
  await until(() => receiver.parts.readers.activeReaders === 0);
  expect((await events.ended(await queue.order(placeOf(planId), task))).result).toMatchObject({
    removed: [first],
  });
});

test('verifies all snapshots of a plan and finds them good', async () => {
  const planId = randomUUID();
  const snapshots = [await backUp(planId, tree()), await backUp(planId, tree('second'))];
  const runId = await queue.order(placeOf(planId), VERIFY_ALL);
  const { result, counts, error } = await events.ended(runId);
  expect(error).toBeNull();
  expect(result).toMatchObject({ kind: 'verify', verified: snapshots, damages: [], damageCount: 0 });
  // What both share is read once.
  expect(counts).toMatchObject({ bytesRead: 5 * MIB + 40_000 + 5 + 6, filesFailed: 0 });
});

test('keeps what is verified from being removed between two parts', async () => {
  const planId = randomUUID();
  const snapshots = [await backUp(planId, treeOf(6, MIB)), await backUp(planId, treeOf(7, MIB))];
  const verification = await queue.order(placeOf(planId), { ...VERIFY_ALL, bytesPerSecond: 4 * MIB });
  await until(async () => (await events.ofTask(verification)).length > 0, { what: 'the start' });
  const task = { kind: 'prune' as const, snapshots: snapshots.slice(0, 1), keepOnlyCopies: false };
  const { result } = await events.ended(await queue.order(placeOf(planId), task));
  expect(result).toMatchObject({ removed: [] });
  expect((await events.ended(verification)).result).toMatchObject({ verified: snapshots, damageCount: 0 });
  // The prune went before the parts, and afterwards nothing is held.
  expect((await events.ended(await queue.order(placeOf(planId), task))).result).toMatchObject({
    removed: task.snapshots,
  });
});

test('names snapshot and path of a flipped bit, and calls the other snapshots good', async () => {
  const planId = randomUUID();
  const snapshots = [await backUp(planId, tree()), await backUp(planId, tree('second'))];
  const [first = '', second = ''] = snapshots;
  flipByte(join(fixture.targetDir, 'agent', placeOf(planId).planFolder, first, 'note'));
  const runId = await queue.order(placeOf(planId), VERIFY_ALL);
  const { result } = await events.ended(runId);
  expect(result).toMatchObject({
    kind: 'verify',
    verified: [second],
    damages: [{ snapshot: first, path: 'note' }],
    damageCount: 1,
  });
});

test('several receivers of a vault share a verification', async () => {
  const planId = randomUUID();
  const snapshot = await backUp(planId, treeOf(24, MIB));
  const second = await fixture.receiver({ VERIFY_PART_MIB: '1', RECEIVER_ID: 'cellar' });
  const before = await partsDone(receiver);
  const task: VerifyTask = { ...VERIFY_ALL, bytesPerSecond: 12 * MIB };
  const { result } = await events.ended(await queue.order(placeOf(planId), task));
  expect(result).toMatchObject({ verified: [snapshot], bytesRead: 24 * MIB });
  expect((await partsDone(receiver)) - before).toBeGreaterThan(0);
  expect(await partsDone(second)).toBeGreaterThan(0);
  await second.app.close();
});

test('goes on where a receiver that shared it has stopped, and after Redis has lost everything', async () => {
  const planId = randomUUID();
  const snapshot = await backUp(planId, treeOf(12, MIB));
  const task: VerifyTask = { ...VERIFY_ALL, bytesPerSecond: MIB };
  const runId = await queue.order(placeOf(planId), task);
  await until(async () => (await events.ofTask(runId)).length > 0, { what: 'the start' });
  const second = await fixture.receiver({ MAINTENANCE_JOBS: '4' });
  await until(() => second.parts.pool.workers.length > 1, { what: 'parts at the second receiver' });
  await second.app.close();
  await queue.wipe();
  const { result } = await events.ended(runId);
  expect(result).toMatchObject({ verified: [snapshot] });
});

test('reads what a killed receiver had begun, and reading holds no snapshot of a killed one', async () => {
  const planId = randomUUID();
  const snapshot = await backUp(planId, treeOf(6, MIB));
  const newest = await backUp(planId, treeOf(7, MIB));
  const port = await freePort();
  const doomed = fixture.process({ RECEIVER_PORT: String(port), MAINTENANCE_JOBS: '4' });
  await once(doomed, 'message');
  const reader = await TestReader.open(port, fixture.readTicket(planId), snapshot);
  const task: VerifyTask = { ...VERIFY_ALL, snapshots: [newest], bytesPerSecond: MIB / 2 };
  const runId = await queue.order(placeOf(planId), task);
  await until(async () => (await events.ofTask(runId)).at(0), { what: 'the start' });
  const [started] = await events.ofTask(runId);
  doomed.kill('SIGKILL');
  await reader.failed();
  const pruning = { kind: 'prune' as const, snapshots: [snapshot], keepOnlyCopies: false };
  expect((await events.ended(await queue.order(placeOf(planId), pruning))).result).toMatchObject({
    removed: [snapshot],
  });
  // If it was the one that collects, the scheduler hears nothing more and sends it again.
  const byKilled = started && 'by' in started && started.by !== 'attic';
  if (byKilled) await queue.order(placeOf(planId), task, { runId, epoch: 2 });
  const { result } = await events.ended(runId, byKilled ? 2 : 1);
  expect(result).toMatchObject({ verified: [newest] });
});

test('a receiver that stops hands its verification back', async () => {
  const other = await ReceiverFixture.open();
  const stopping = await other.receiver({ RECEIVER_ID: 'stopping' });
  const planId = randomUUID();
  await TestClient.backUp(stopping.port, other.ticket({ planId }), treeOf(10, MIB));
  const otherQueue = new VaultQueue(other.redis.url, other.vault.identity.id, other);
  const otherEvents = new RunEvents(other.redis.url);
  const runId = await otherQueue.order(placeOf(planId), { ...VERIFY_ALL, bytesPerSecond: 65_536 });
  await until(async () => (await otherEvents.ofTask(runId)).length > 0, { what: 'the start' });
  await stopping.app.close();
  expect((await otherEvents.ended(runId)).error).toMatchObject({ code: 'DRAINING', retryable: true });
  await otherQueue.close();
  await otherEvents.close();
  await other.close();
});

test('an attempt that a newer one has overtaken says nothing', async () => {
  const planId = randomUUID();
  await backUp(planId, treeOf(3, 10));
  const runId = await queue.order(placeOf(planId), VERIFY_ALL, { epoch: 7 });
  await events.ended(runId, 7);
  await queue.order(placeOf(planId), VERIFY_ALL, { runId, epoch: 6 });
  const later = await queue.order(placeOf(planId), VERIFY_ALL);
  await events.ended(later);
  const epochs = (await events.ofTask(runId)).map((event) => 'epoch' in event && event.epoch);
  expect(new Set(epochs)).toEqual(new Set([7]));
});

test('a verification of what is not there ends with a word about it', async () => {
  const task: VerifyTask = { ...VERIFY_ALL, snapshots: ['2020-01-01T000000Z'] };
  const { result, error } = await events.ended(await queue.order(placeOf(randomUUID()), task));
  expect(error ?? result).toMatchObject(
    error ? { code: expect.any(String) } : { verified: [], damageCount: 1 },
  );
});

test('tells of every snapshot of the vault with its place', async () => {
  const planId = randomUUID();
  const runId = randomUUID();
  await TestClient.backUp(receiver.port, fixture.ticket({ planId, runId }), treeOf(1, 1));
  await until(async () => (await events.receiptsOf(runId)).length === 1);
  await queue.add({ type: 'reindex', ticket: fixture.maintainTicket(null) });
  const [, again] = await until(async () => {
    const told = await events.receiptsOf(runId);
    return told.length > 1 && told;
  });
  expect(again?.place).toEqual(placeOf(planId));
});

test('what nobody of ours has signed is not done, and leaves a note', async () => {
  const planId = randomUUID();
  const [first] = [await backUp(planId, treeOf(5, 10)), await backUp(planId, treeOf(6, 10))];
  const place = placeOf(planId);
  const task = { kind: 'prune' as const, snapshots: [first], keepOnlyCopies: false };
  const vaultId = fixture.vault.identity.id;
  const order = { runId: randomUUID(), epoch: 1, planId, vaultId, place, task };
  const genuine = fixture.maintainTicket(digestOrder(order));
  const part = {
    type: 'verify-part' as const,
    taskOrder: { ...order, task: VERIFY_ALL },
    from: null,
    to: null,
  };
  const wider = { ...order, task: { ...task, snapshots: snapshotsOf(planId) } };
  for (const forged of [
    { type: 'task' as const, taskOrder: order, ticket: 'pbk1.e30.e30' },
    { type: 'task' as const, taskOrder: wider, ticket: genuine },
    { type: 'task' as const, taskOrder: order, ticket: fixture.ticket({ planId }) },
    { type: 'task' as const, taskOrder: order, ticket: fixture.maintainTicket(null) },
    { type: 'reindex' as const, ticket: genuine },
    { ...part, proof: 'AA' },
  ])
    await queue.add(forged);
  const notes = await until(async () => {
    const found = (await events.all()).filter((event) => event.type === 'refused');
    return found.length >= 6 && found;
  });
  expect(new Set(notes.map((note) => note.type === 'refused' && note.what))).toEqual(
    new Set(['job', 'part']),
  );
  expect(await events.ofTask(order.runId)).toEqual(notes.filter((note) => 'runId' in note && note.runId));
  expect(snapshotsOf(planId)).toContain(first);
});

test('an order to remove that was signed long ago is not obeyed, whenever it was put on the queue', async () => {
  const planId = randomUUID();
  const [first] = [await backUp(planId, treeOf(5, 10)), await backUp(planId, treeOf(6, 10))];
  const task = { kind: 'prune' as const, snapshots: [first], keepOnlyCopies: false };
  const vaultId = fixture.vault.identity.id;
  const taskOrder = { runId: randomUUID(), epoch: 1, planId, vaultId, place: placeOf(planId), task };
  const nbf = Math.floor(Date.now() / 1000) - 16 * 60;
  await queue.add({
    ...{ type: 'task', taskOrder },
    ticket: fixture.maintainTicket(digestOrder(taskOrder), { nbf, exp: nbf + 3600 }),
  });
  expect((await events.ended(taskOrder.runId)).error).toMatchObject({ code: 'TOO_OLD', retryable: true });
  expect(snapshotsOf(planId)).toContain(first);
});

/** Five MiB in some files, and a note that differs between versions. */
function tree(note = 'first'): SourceTree {
  return new Map([
    ...treeOf(4, 10_000),
    ...[1, 2, 3, 4, 5].map((at): [string, Buffer] => [`large${at}`, seededBytes(`large${at}`, MIB)]),
    ['note', Buffer.from(note)],
  ]);
}

async function backUp(planId: string, source: SourceTree): Promise<string> {
  const { receipt } = await TestClient.backUp(receiver.port, fixture.ticket({ planId }), source);
  return String(receipt?.snapshot);
}

function snapshotsOf(planId: string): string[] {
  return fixture.vault.listSnapshots(placeOf(planId)).map(({ snapshot }) => snapshot);
}

function flipByte(path: string): void {
  const file = openSync(path, 'r+');
  const byte = Buffer.alloc(1);
  readSync(file, byte, 0, 1, 0);
  writeSync(file, Buffer.of((byte[0] as number) ^ 1), 0, 1, 0);
  closeSync(file);
}

async function partsDone({ parts }: TestReceiver): Promise<number> {
  const metrics = await parts.registry.metrics();
  return Number(/^pbk_vault_jobs_total\{.*type="verify-part".*\} (\d+)/m.exec(metrics)?.[1] ?? 0);
}
