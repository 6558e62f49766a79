import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { RECEIVERS_KEY, ReceiverPresence, VAULT_LIMITS_KEY } from '@periodic-backup/contracts';
import { until } from '@periodic-backup/testing';
import { ReceiverFixture, type TestReceiver } from './support/receiver-fixture.js';
import { treeOf } from './support/source-tree.js';
import { TestClient } from './support/test-client.js';

const MIB = 1024 * 1024;

let fixture: ReceiverFixture;
let receiver: TestReceiver;
beforeAll(async () => {
  fixture = await ReceiverFixture.open();
});
beforeEach(async () => {
  receiver = await fixture.receiver({ RECEIVER_ID: 'attic', IDLE_DEADLINE_SECONDS: '2' });
});
afterEach(async () => {
  await limitVault(null);
  await receiver.app.close();
});
afterAll(() => fixture.close());

/** As the admin API does. */
async function limitVault(bytesPerSecond: number | null): Promise<void> {
  const limits = JSON.stringify({ maxRuns: null, bytesPerSecond });
  await receiver.parts.redis.hset(VAULT_LIMITS_KEY, fixture.vault.identity.id, limits);
  await receiver.parts.presence.update();
}

const paced = (bytesPerSecond: number | null): Promise<boolean> =>
  until(() => receiver.parts.pace.bytesPerSecond === bytesPerSecond, { what: `a pace of ${bytesPerSecond}` });

/** Milliseconds that a backup of so many files of 256 KiB takes. */
async function timeBackup(files: number): Promise<number> {
  const startedMs = performance.now();
  const client = await TestClient.backUp(receiver.port, fixture.ticket(), treeOf(files, MIB / 4));
  expect(client.receipt?.counts.bytes).toBe((files * MIB) / 4);
  return performance.now() - startedMs;
}

test('the limit of the vault holds for all sessions together', async () => {
  await limitVault(2 * MIB);
  await paced(2 * MIB);
  const startedMs = performance.now();
  await Promise.all([timeBackup(8), timeBackup(8)]);
  expect(performance.now() - startedMs).toBeGreaterThan(1_500);
});

test('a peer is not taken for silent or slow while it is this side that does not read', async () => {
  await limitVault(256 * 1024);
  await paced(256 * 1024);
  // A first read may take a whole MiB, which keeps the session from being read for longer than its idle deadline.
  expect(await timeBackup(7)).toBeGreaterThan(2_500);
});

test('a limit that is taken away lets a held session go on at once', async () => {
  await limitVault(1024);
  await paced(1024);
  const backup = timeBackup(8);
  await until(() => receiver.parts.desk.activeSessions === 1);
  await limitVault(null);
  await paced(null);
  expect(await backup).toBeLessThan(30_000);
});

test('each receiver takes the part of the limit that its sessions are of all', async () => {
  const presence = await until(async () => {
    const text = await receiver.parts.redis.hget(RECEIVERS_KEY, 'attic');
    return text === null ? null : ReceiverPresence.parse(JSON.parse(text));
  });
  const other = { ...presence, receiverId: 'cellar', activeSessions: 3, seenAt: new Date().toISOString() };
  await receiver.parts.redis.hset(RECEIVERS_KEY, 'cellar', JSON.stringify(other));
  const client = new TestClient(receiver.port, fixture.ticket());
  await client.welcomed();
  await limitVault(4 * MIB);
  await paced(MIB);
  // Of another vault, or no longer there: it takes nothing.
  const gone = { ...other, seenAt: new Date(Date.now() - 60_000).toISOString() };
  await receiver.parts.redis.hset(RECEIVERS_KEY, 'cellar', JSON.stringify(gone));
  await receiver.parts.presence.update();
  await paced(4 * MIB);
  client.close();
  await receiver.parts.redis.hdel(RECEIVERS_KEY, 'cellar');
});

test('what Redis does not know any more goes on', async () => {
  await limitVault(MIB);
  await paced(MIB);
  await receiver.parts.redis.flushall();
  await receiver.parts.presence.update();
  expect(receiver.parts.pace.bytesPerSecond).toBe(MIB);
});
