import { afterEach, expect, test } from '@jest/globals';
import { seededBytes, until } from '@periodic-backup/testing';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { PeerSocket, type PeerReader } from '../src/transport/peer-socket.js';
import { PendingConnections } from '../src/transport/pending-connections.js';
import { ReceiveBuffers } from '../src/transport/receive-buffers.js';
import { receiveOrdinarily, receiveWidely } from '../src/transport/wide-socket.js';

const MIB = 1024 * 1024;
const open: { destroy(): void }[] = [];
let server: Server;

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

test('keeps receive buffers that come back, and no more than a few', () => {
  const buffers = new ReceiveBuffers();
  const first = buffers.take().buffer as ArrayBuffer;
  buffers.giveBack(first);
  expect(buffers.take().buffer).toBe(first);
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
