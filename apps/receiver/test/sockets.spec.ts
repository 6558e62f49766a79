import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { seededBytes, temporaryDirectory, until, type TemporaryDirectory } from '@periodic-backup/testing';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { PooledWorker } from '../src/sessions/pooled-worker.js';
import { PeerSocket, type PeerReader } from '../src/transport/peer-socket.js';
import { PendingConnections } from '../src/transport/pending-connections.js';
import { ReceiveBuffers } from '../src/transport/receive-buffers.js';
import { receiveOrdinarily, receiveWidely } from '../src/transport/wide-socket.js';
import { WORKER_FILE } from './support/receiver-fixture.js';

const MIB = 1024 * 1024;
let directory: TemporaryDirectory;
const open: { destroy(): void }[] = [];
let server: Server;

beforeAll(async () => {
  directory = await temporaryDirectory('pbk-sockets-');
});
afterAll(() => directory.remove());

afterEach(async () => {
  for (const socket of open.splice(0)) socket.destroy();
  await new Promise<void>((resolve) => server.close(() => resolve()));
});

test.each([
  ['in large buffers', receiveWidely],
  ['in the ordinary way', receiveOrdinarily],
])('receives every byte %s, also across a pause', async (_how, receive) => {
  const { client, accepted } = await connection();
  const sent = seededBytes('socket', 3 * MIB);
  const parts: Buffer[] = [];
  const socket = receive(accepted, {
    nextBuffer: () => Buffer.alloc(MIB),
    take: (buffer, lengthBytes) => {
      parts.push(buffer.subarray(0, lengthBytes));
      if (parts.length === 2) socket.pause();
    },
    unused: () => undefined,
  });
  open.push(socket);
  socket.resume();
  const ended = once(socket, 'end');
  client.end(sent);
  await until(() => parts.length === 2);
  socket.resume();
  await ended;
  expect(Buffer.concat(parts).equals(sent)).toBe(true);
});

test('the last words arrive although the peer keeps sending', async () => {
  const { client, accepted } = await connection();
  const peer = new PeerSocket(
    accepted,
    new ReceiveBuffers(),
    reader(() => peer.finish(Buffer.from('enough'))),
  );
  let heard = '';
  client.on('data', (chunk: Buffer) => (heard += chunk.toString()));
  client.write(Buffer.alloc(8 * MIB));
  await once(client, 'close');
  await peer.closed;
  expect(heard).toBe('enough');
});

test('a peer that never reads is not read from any more, then cut off', async () => {
  const { client, accepted } = await connection();
  let received = 0;
  const peer = new PeerSocket(
    accepted,
    new ReceiveBuffers(),
    reader((lengthBytes) => (received += lengthBytes)),
  );
  let cut = false;
  void peer.closed.then(() => (cut = true));
  client.pause();
  let written = 0;
  const answer = Buffer.alloc(64 * 1024);
  await until(() => {
    peer.write(answer);
    written += answer.length;
    return cut;
  });
  expect(written).toBeLessThan(64 * MIB);
  client.write('anybody there?');
  expect(received).toBe(0);
});

test('all of the fixed set of receive buffers come back from closed connections', async () => {
  const buffers = new ReceiveBuffers();
  const { accepted, client } = await connection();
  const peer = new PeerSocket(accepted, buffers, {
    bytes: (buffer) => buffers.giveBack(buffer),
    gone: () => peer.finish(),
  });
  client.end(Buffer.alloc(3 * MIB));
  client.resume();
  await peer.closed;
  expect(sharedInReach(buffers)).toBe(16);
});

test('a worker that ends gives back the receive buffers it had', async () => {
  const buffers = new ReceiveBuffers();
  const settings = { targetDir: directory.path, vaultName: 'vault' };
  const worker = new PooledWorker(WORKER_FILE, settings, buffers, () => undefined);
  await worker.ready;
  for (let i = 0; i < 20; i++) worker.lend(1, buffers.take(), 1);
  await worker.terminate();
  expect(sharedInReach(buffers)).toBe(16);
  server = createServer();
});

test('hands the receive buffer out first that was used last', () => {
  const buffers = new ReceiveBuffers();
  buffers.take();
  const last = buffers.take();
  buffers.giveBack(last);
  expect(buffers.take()).toBe(last);
  server = createServer();
});

test('further receive buffers move between threads, and no more than a few are kept', () => {
  const buffers = new ReceiveBuffers();
  while (buffers.sharedNumber(buffers.take()) !== null);
  const moving = Array.from({ length: 9 }, () => buffers.take());
  for (const buffer of moving) buffers.giveBack(buffer);
  const again = Array.from({ length: 9 }, () => buffers.take().buffer);
  expect(again.filter((bytes) => moving.some((buffer) => buffer.buffer === bytes))).toHaveLength(8);
  server = createServer();
});

test('the oldest pending connection makes room, of its address or in all', () => {
  server = createServer();
  const dropped: string[] = [];
  const pending = new PendingConnections(3, 2);
  const add = (name: string, address: string): void =>
    pending.add({ address, drop: () => void dropped.push(name) });
  add('a1', 'a');
  add('b1', 'b');
  add('a2', 'a');
  add('a3', 'a');
  expect(dropped).toEqual(['a1']);
  add('c1', 'c');
  expect(dropped).toEqual(['a1', 'b1']);
  expect(pending.size).toBe(3);
});

/** Takes every buffer of the fixed set that is free; how many those are. */
function sharedInReach(buffers: ReceiveBuffers): number {
  let count = 0;
  while (buffers.sharedNumber(buffers.take()) !== null) count++;
  return count;
}

function reader(onBytes: (lengthBytes: number) => void): PeerReader {
  return { bytes: (_buffer, lengthBytes) => onBytes(lengthBytes), gone: () => undefined };
}

async function connection(): Promise<{ client: Socket; accepted: Socket }> {
  server = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.on('error', () => undefined);
  const [accepted] = (await once(server, 'connection')) as [Socket];
  open.push(client);
  return { client, accepted };
}
