import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { RECEIVERS_KEY, RUN_EVENTS, ReceiverPresence, SignedReport } from '@periodic-backup/contracts';
import { connectRedis, createLogger, openQueue, readPresence } from '@periodic-backup/platform';
import { until } from '@periodic-backup/testing';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { ReceiverFixture, placeOf } from './support/receiver-fixture.js';
import { treeOf } from './support/source-tree.js';
import { TestClient } from './support/test-client.js';

let fixture: ReceiverFixture;

beforeAll(async () => {
  fixture = await ReceiverFixture.open();
});
afterAll(() => fixture.close());

test('serves while Redis is away; presence and receipts come when it is back', async () => {
  const receiver = await fixture.receiver({ RECEIVER_ID: 'steady' });
  await fixture.redis.kill();
  const planId = randomUUID();
  const { receipt } = await TestClient.backUp(receiver.port, fixture.ticket({ planId }), treeOf(3, 10));
  expect(receipt).not.toBeNull();

  await fixture.redis.restart();
  const logger = createLogger('test', 'fatal');
  const redis = connectRedis(fixture.redis.url, 'worker', logger);
  const queue = openQueue(RUN_EVENTS, redis, logger);
  try {
    const event = await until(async () => (await queue.getJobs(['waiting'])).at(0)?.data as unknown, {
      what: 'the receipt',
    });
    expect(SignedReport.parse(event).report).toMatchObject({
      type: 'receipt',
      receipt,
      place: placeOf(planId),
    });
    const presence = await until(
      async () => (await readPresence(redis, RECEIVERS_KEY, ReceiverPresence)).at(0),
      {
        what: 'the presence',
      },
    );
    expect(presence).toMatchObject({
      online: true,
      presence: {
        receiverId: 'steady',
        host: '127.0.0.1',
        port: receiver.port,
        vaultId: fixture.vault.identity.id,
        vaultWritable: true,
        draining: false,
      },
    });
    expect(presence.presence.freeBytes).toBeGreaterThan(0);
  } finally {
    await queue.close();
    redis.disconnect();
  }
});

test('a process stops soon although Redis is away', async () => {
  const other = await ReceiverFixture.open();
  const child = other.process();
  await once(child, 'message');
  await other.redis.kill();
  child.kill('SIGTERM');
  const [exitCode] = (await once(child, 'exit', { signal: AbortSignal.timeout(20_000) })) as [number];
  expect(exitCode).toBe(0);
  await other.close();
});
