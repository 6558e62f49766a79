import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { SessionError, encodeFrame, encodePreamble, FRAME } from '@periodic-backup/protocol';
import { until } from '@periodic-backup/testing';
import { connect, type Socket } from 'node:net';
import { ReceiverFixture, type TestReceiver } from './support/receiver-fixture.js';
import { treeOf } from './support/source-tree.js';
import { TestClient } from './support/test-client.js';

let fixture: ReceiverFixture;
let receiver: TestReceiver;
const sockets: Socket[] = [];

beforeAll(async () => {
  fixture = await ReceiverFixture.open();
  receiver = await fixture.receiver({
    HANDSHAKE_DEADLINE_SECONDS: '3',
    IDLE_DEADLINE_SECONDS: '3',
    FRAME_DEADLINE_SECONDS: '3',
    MIN_BYTES_PER_SECOND: '1000000',
    MAX_PENDING_PER_ADDRESS: '4',
  });
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await fixture.close();
});

const TOO_LONG = Buffer.from([0xff, 0xff, 0xff, 0xff, FRAME.HELLO, 0, 0, 0]);

test.each([
  ['another protocol', Buffer.from('GET / HTTP/1.1\r\n\r\n'), 'NOT_OUR_PROTOCOL'],
  ['an unknown version', Buffer.from([0x50, 0x42, 0x4b, 0x1a, 9, 9, 0, 0]), 'VERSION_UNSUPPORTED'],
  ['a length beyond the cap', Buffer.concat([encodePreamble(), TOO_LONG]), 'FRAME_TOO_LARGE'],
  [
    'JSON that is none',
    Buffer.concat([encodePreamble(), encodeFrame(FRAME.HELLO, Buffer.from('{'))]),
    'BAD_FRAME',
  ],
])('refuses %s by name and closes, while an honest session completes', async (_what, bytes, code) => {
  const honest = TestClient.backUp(receiver.port, fixture.ticket(), treeOf(20, 1_000));
  const hostile = raw();
  hostile.socket.write(bytes);
  expect(await hostile.answer()).toContain(code);
  expect((await honest).receipt).not.toBeNull();
});

test('a session that breaks the rules ends by name and touches no other', async () => {
  const honest = new TestClient(receiver.port, fixture.ticket());
  const hostile = new TestClient(receiver.port, fixture.ticket());
  await Promise.all([honest.welcomed(), hostile.welcomed()]);
  hostile.socket.write(Buffer.concat([encodeFrame(FRAME.DATA, Buffer.alloc(10)), Buffer.alloc(3_000_000)]));
  await honest.send(treeOf(5, 100));
  expect((await hostile.failed()).code).toBe('WRONG_ORDER');

  honest.session.commit({ entries: 7, problems: 0 });
  await honest.until(() => honest.receipt !== null, 'the receipt of the honest session');
});

test('a connection that shows no ticket in time is told so and closed', async () => {
  const silent = raw();
  expect(await silent.answer()).toContain('TOO_SLOW');
});

test('a session that falls silent ends', async () => {
  const client = new TestClient(receiver.port, fixture.ticket());
  await client.welcomed();
  expect((await client.failed()).code).toBe('IDLE');
});

test('a frame that comes drop by drop ends its session', async () => {
  const client = new TestClient(receiver.port, fixture.ticket());
  await client.welcomed();
  client.socket.write(encodeFrame(FRAME.ENTRIES, Buffer.alloc(1_000)).subarray(0, 8));
  const drip = setInterval(() => client.socket.write(Buffer.alloc(1)), 100);
  try {
    expect((await client.failed()).code).toBe('TOO_SLOW');
  } finally {
    clearInterval(drip);
  }
});

test('of too many connections without a ticket the oldest makes room', async () => {
  const oldest = raw();
  await until(() => oldest.socket.readyState === 'open');
  for (let i = 0; i < 4; i++) raw();
  expect(await oldest.answer()).toContain('BUSY');
  await TestClient.backUp(receiver.port, fixture.ticket(), treeOf(1, 1));
});

test('a client that gives up is heard', async () => {
  const client = new TestClient(receiver.port, fixture.ticket());
  await client.welcomed();
  client.session.abort(new SessionError('CANCELLED', 'Somebody gave up.'));
  await until(() => receiver.parts.desk.activeSessions === 0);
});

/** A peer that speaks no protocol; `answer` is all that arrived until the end. */
function raw(): { socket: Socket; answer: () => Promise<string> } {
  const socket = connect(receiver.port, '127.0.0.1');
  sockets.push(socket);
  const chunks: Buffer[] = [];
  let ended = false;
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('error', () => undefined);
  socket.on('close', () => (ended = true));
  return {
    socket,
    answer: async () => {
      await until(() => ended, { what: 'the end of the connection' });
      return Buffer.concat(chunks).toString('latin1');
    },
  };
}
