import { afterAll, beforeAll, beforeEach, afterEach, expect, test } from '@jest/globals';
import { RECEIVER_SETTINGS_KEY, type ReceiverSettings } from '@periodic-backup/contracts';
import { until } from '@periodic-backup/testing';
import { randomUUID } from 'node:crypto';
import { receiverIdOf } from '../src/config.js';
import { ReceiverFixture, type TestReceiver } from './support/receiver-fixture.js';
import { treeOf } from './support/source-tree.js';
import { TestClient } from './support/test-client.js';

let fixture: ReceiverFixture;
let receiver: TestReceiver;
const clients: TestClient[] = [];

beforeAll(async () => {
  fixture = await ReceiverFixture.open();
});
beforeEach(async () => {
  receiver = await fixture.receiver({ MAX_CLIENTS: '1', RECEIVER_ID: `r-${randomUUID()}` });
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await receiver.app.close();
});
afterAll(() => fixture.close());

test('tells the client beyond the maximum that it is busy, and takes it afterwards', async () => {
  const first = await welcomed();
  const busy = await connect().failed();
  expect(busy).toMatchObject({ code: 'BUSY', retryable: true });
  expect(busy.retryAfterMs).toBeGreaterThan(0);

  first.close();
  await until(() => receiver.parts.desk.activeSessions === 0);
  await TestClient.backUp(receiver.port, fixture.ticket(), treeOf(1, 1));
});

test('applies a changed maximum at once, up and down', async () => {
  const first = await welcomed();
  await set({ maxClients: 2 });
  await until(() => receiver.parts.desk.maxClients === 2, { what: 'the changed maximum' });
  const second = await welcomed();

  await set({ maxClients: 1 });
  await until(() => receiver.parts.desk.maxClients === 1, { what: 'the changed maximum' });
  expect((await connect().failed()).code).toBe('BUSY');
  for (const running of [first, second]) {
    await running.send(treeOf(2, 10));
    running.session.commit({ entries: 4, problems: 0 });
    await running.until(() => running.receipt !== null, 'the receipt of a session beyond the maximum');
  }
});

test('takes no new session while people keep it closed, and lets running ones go on', async () => {
  const running = await welcomed();
  await set({ draining: true });
  await until(() => receiver.parts.reception.draining, { what: 'the closing' });
  expect((await connect().failed()).code).toBe('DRAINING');

  await running.send(treeOf(1, 10));
  running.session.commit({ entries: 3, problems: 0 });
  await running.until(() => running.receipt !== null, 'the receipt');
  await set({});
  await until(() => !receiver.parts.reception.draining, { what: 'the opening' });
  await TestClient.backUp(receiver.port, fixture.ticket(), treeOf(1, 1));
});

test('a newer attempt of a plan takes the place of the older one', async () => {
  const planId = randomUUID();
  const older = await welcomed({ planId });
  await TestClient.backUp(receiver.port, fixture.ticket({ planId }), treeOf(3, 10));
  expect((await older.failed()).code).toBe('EPOCH_SUPERSEDED');
});

test('an older attempt of a plan is refused while a newer one runs', async () => {
  const planId = randomUUID();
  await welcomed({ planId });
  expect((await connect({ planId, epoch: 5 }).failed()).code).toBe('EPOCH_SUPERSEDED');
});

function connect(claims: Parameters<ReceiverFixture['ticket']>[0] = {}): TestClient {
  const client = new TestClient(receiver.port, fixture.ticket(claims));
  clients.push(client);
  return client;
}

async function welcomed(claims: Parameters<ReceiverFixture['ticket']>[0] = {}): Promise<TestClient> {
  const client = connect(claims);
  await client.welcomed();
  return client;
}

/** As the admin API does. */
async function set(settings: ReceiverSettings): Promise<void> {
  const { redis, config } = receiver.parts;
  await redis.hset(RECEIVER_SETTINGS_KEY, receiverIdOf(config), JSON.stringify(settings));
}
