import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { SessionError } from '@periodic-backup/protocol';
import { ChaosProxy, seededBytes, until } from '@periodic-backup/testing';
import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ReceiverFixture, placeOf, type TestReceiver } from './support/receiver-fixture.js';
import { treeOf, type SourceTree } from './support/source-tree.js';
import { TestClient } from './support/test-client.js';
import { TestReader } from './support/test-reader.js';

const MIB = 1024 * 1024;
const planId = randomUUID();
const tree: SourceTree = new Map([
  ...treeOf(300, 3_000),
  ['large', seededBytes('large', 24 * MIB + 77)],
  ['zero', Buffer.alloc(0)],
]);

let fixture: ReceiverFixture;
let receiver: TestReceiver;
let snapshot: string;
const readers: TestReader[] = [];

beforeAll(async () => {
  fixture = await ReceiverFixture.open();
  receiver = await fixture.receiver({ MAX_READERS: '2', MAX_CLIENTS: '1' });
  const { receipt } = await TestClient.backUp(receiver.port, fixture.ticket({ planId }), tree);
  snapshot = String(receipt?.snapshot);
});
afterEach(async () => {
  for (const reader of readers.splice(0)) reader.close();
  await until(() => receiver.parts.readers.activeReaders === 0, { what: 'the readers to leave' });
});
afterAll(() => fixture.close());

test('hands out entries and every byte of a snapshot', async () => {
  const reader = await open();
  expect(reader.receipt?.snapshot).toBe(snapshot);
  const entries = await reader.list();
  expect(entries.map(({ path }) => path.toString())).toEqual([...tree.keys()]);

  const files = [...tree].filter(([, content]) => content !== null);
  const read = await reader.read(files.map(([path]) => path));
  files.forEach(([, content], at) => expect(read[at]?.content.equals(content as Buffer)).toBe(true));
  expect(read.every(({ status, digestMatches }) => status === 'whole' && digestMatches)).toBe(true);
  expect(leases()).toHaveLength(1);
  reader.bye();
  await until(() => leases().length === 0, { what: 'the lease to be given back' });
});

test.each([
  ['of another vault', 'WRONG_VAULT', { vaultId: randomUUID() }],
  ['that has expired', 'TICKET_EXPIRED', { exp: 1_000 }],
])('refuses a ticket %s', async (_what, code, claims) => {
  const reader = track(new TestReader(receiver.port, fixture.readTicket(planId, claims)));
  expect((await reader.failed()).code).toBe(code);
});

test.each([
  ['another snapshot than the one it names', 'TICKET_INVALID', { snapshot: '2020-01-01T000000Z' }],
  ['the snapshots of another plan', 'NOT_FOUND', { planFolder: 'other' }],
])('a ticket does not open %s', async (_what, code, claims) => {
  const reader = track(new TestReader(receiver.port, fixture.readTicket(planId, claims)));
  await expect(reader.open(snapshot)).rejects.toMatchObject({ code });
  await until(() => leases().length === 0, { what: 'the lease to be given back' });
});

test('a ticket to read writes nothing, and one to write reads nothing', async () => {
  const writer = new TestClient(receiver.port, fixture.readTicket(planId));
  expect((await writer.failed()).code).toBe('WRONG_ORDER');
  const reader = track(new TestReader(receiver.port, fixture.ticket({ planId })));
  expect((await reader.failed()).code).toBe('BAD_FRAME');
});

test('readers have places of their own; beyond them it is busy', async () => {
  await Promise.all([open(), open()]);
  const third = track(new TestReader(receiver.port, fixture.readTicket(planId)));
  expect(await third.failed()).toMatchObject({ code: 'BUSY', retryable: true });
  await TestClient.backUp(receiver.port, fixture.ticket(), treeOf(1, 1));
  readers[0]?.bye();
  await until(() => receiver.parts.readers.activeReaders === 1);
  await (await open()).list();
});

test('a reader that dies leaves no lease behind', async () => {
  const reader = await open();
  expect(leases()).toHaveLength(1);
  reader.session.fetch(Buffer.from('large'), 0, null);
  reader.session.flush();
  reader.socket.resetAndDestroy();
  await until(() => leases().length === 0, { what: 'the lease to be given back' });
});

test('a worker that dies ends the readers it served and leaves no lease', async () => {
  const other = randomUUID();
  const { receipt } = await TestClient.backUp(receiver.port, fixture.ticket({ planId: other }), treeOf(1, 1));
  await until(() => receiver.parts.pool.workers.every((worker) => !worker.busyWithSessions));
  const ticket = fixture.readTicket(other);
  const reader = track(await TestReader.open(receiver.port, ticket, String(receipt?.snapshot)));
  // As a defect would do.
  const nonsense = { type: 'bytes', session: 0, bytes: undefined, lengthBytes: 1 };
  receiver.parts.pool.workers.find((worker) => worker.busyWithSessions)?.post(nonsense as never);
  expect(await reader.failed()).toMatchObject({ code: 'INTERNAL', retryable: true });
  expect(leases(other)).toEqual([]);
});

test('no more than a bounded part of a file waits for a reader that takes nothing', async () => {
  const reader = await open();
  reader.socket.pause();
  const sentBefore = await sentBytes(receiver);
  for (let i = 0; i < 4; i++) reader.session.fetch(Buffer.from('large'), 0, null);
  reader.session.flush();
  const sent = (): Promise<number> => sentBytes(receiver);
  let before = -1;
  await until(
    async () => {
      const now = await sent();
      const still = now > sentBefore && now === before;
      before = now;
      return still;
    },
    { what: 'the sending to stand still', intervalMs: 200 },
  );
  // What is unsent, and what fits into the buffers of the two sockets.
  expect(before - sentBefore).toBeLessThan(20 * MIB);
  reader.socket.resume();
  await reader.until(() => reader.files.length === 4, 'all files');
  expect(reader.files.every(({ digestMatches }) => digestMatches)).toBe(true);
});

test('a reader that stays silent is sent away', async () => {
  const strict = await fixture.receiver({ READER_IDLE_DEADLINE_SECONDS: '1' });
  const reader = await TestReader.open(strict.port, fixture.readTicket(planId), snapshot);
  expect(await reader.failed()).toMatchObject({ code: 'IDLE' });
  await until(() => leases().length === 0, { what: 'the lease to be given back' });
});

test('a draining receiver takes no reader and lets those it has finish', async () => {
  const draining = await fixture.receiver();
  const reader = await TestReader.open(draining.port, fixture.readTicket(planId), snapshot);
  const stopped = draining.app.close();
  await until(() => draining.parts.reception.draining);
  const late = new TestReader(draining.port, fixture.readTicket(planId));
  expect((await late.failed()).code).toBe('DRAINING');
  const [large] = await reader.read(['large']);
  expect(large?.digestMatches).toBe(true);
  reader.bye();
  await stopped;
});

test('a connection that breaks half-way is told from an end', async () => {
  const proxy = await ChaosProxy.open(receiver.port, { disconnectAfterBytes: 10 });
  const reader = track(new TestReader(proxy.port, fixture.readTicket(planId)));
  expect(await reader.failed()).toEqual(expect.any(SessionError));
  await proxy.close();
});

async function open(): Promise<TestReader> {
  return track(await TestReader.open(receiver.port, fixture.readTicket(planId), snapshot));
}

function track(reader: TestReader): TestReader {
  readers.push(reader);
  return reader;
}

/** Names of the leases on the plan's snapshots. */
function leases(plan = planId): string[] {
  const { agentFolder, planFolder } = placeOf(plan);
  return readdirSync(join(fixture.targetDir, '.vault', 'leases', agentFolder, planFolder));
}

async function sentBytes({ parts }: TestReceiver): Promise<number> {
  const metrics = await parts.registry.metrics();
  return Number(/^pbk_sent_bytes_total\{.*\} (\d+)/m.exec(metrics)?.[1]);
}
