import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { RECEIVERS_KEY, ReceiverPresence } from '@periodic-backup/contracts';
import { freePort, until } from '@periodic-backup/testing';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { DIST, ReceiverFixture } from './support/receiver-fixture.js';
import { treeOf } from './support/source-tree.js';
import { TestClient } from './support/test-client.js';

let fixture: ReceiverFixture;

beforeAll(async () => {
  fixture = await ReceiverFixture.open();
});
afterAll(() => fixture.close());

test('a draining receiver takes no new session and lets running ones finish', async () => {
  const receiver = await fixture.receiver({ RECEIVER_ID: 'drains' });
  const running = new TestClient(receiver.port, fixture.ticket());
  await running.welcomed();
  const stopped = receiver.app.close();
  const { redis } = receiver.parts;
  await until(async () => {
    const presence = await redis.hget(RECEIVERS_KEY, 'drains');
    return ReceiverPresence.parse(JSON.parse(String(presence))).draining;
  });
  const late = new TestClient(receiver.port, fixture.ticket());
  expect(await late.failed()).toMatchObject({ code: 'DRAINING', retryable: true });

  await running.send(treeOf(3, 10));
  running.session.commit({ entries: 5, problems: 0 });
  await running.until(() => running.receipt !== null, 'the receipt of the running session');
  await stopped;
});

test('a session that outlasts the drain deadline is told to resume elsewhere', async () => {
  const receiver = await fixture.receiver({ DRAIN_DEADLINE_SECONDS: '0' });
  const running = new TestClient(receiver.port, fixture.ticket());
  await running.welcomed();
  const stopped = receiver.app.close();
  expect(await running.failed()).toMatchObject({ code: 'DRAINING', retryable: true });
  await stopped;
  expect(receiver.parts.pool.workers).toEqual([]);
});

test('a real process serves, drains on SIGTERM and exits 0 without leaving its presence', async () => {
  const port = await freePort();
  const child = fixture.process({ RECEIVER_PORT: String(port), RECEIVER_ID: 'process' });
  await once(child, 'message');
  await TestClient.backUp(port, fixture.ticket(), treeOf(3, 10));

  child.kill('SIGTERM');
  const [exitCode] = (await once(child, 'exit')) as [number | null];
  expect(exitCode).toBe(0);
  const other = await fixture.receiver();
  expect(await other.parts.redis.hget(RECEIVERS_KEY, 'process')).toBeNull();
});

test('a taken port is told in one sentence', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as { port: number };
  await expect(fixture.receiver({ RECEIVER_PORT: String(port) })).rejects.toThrow(
    `Port ${port} on 127.0.0.1 is taken: stop the program that listens there or set RECEIVER_PORT to another port.`,
  );
  taken.close();
});

test('a target that is no directory is told in one sentence, and nothing else', async () => {
  const file = fileURLToPath(new URL('bundle.js', DIST));
  const child = fixture.process({ TARGET_DIR: file });
  let output = '';
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [exitCode] = (await once(child, 'close')) as [number | null];
  expect(exitCode).toBe(1);
  expect(output).toBe(
    `TARGET_DIR ${file} is not a directory: choose one, or a path where one can be made.\n`,
  );
});
