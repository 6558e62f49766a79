import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { REVOCATIONS_KEY } from '@periodic-backup/contracts';
import { SessionError } from '@periodic-backup/protocol';
import { TestMembers, describeTree, differences, until } from '@periodic-backup/testing';
import { dialReceiver, keyIdOf, type TransferCredentials } from '@periodic-backup/trust';
import { Redis } from 'ioredis';
import { createPublicKey, generateKeyPairSync, randomUUID, X509Certificate } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { connect as connectPlain, createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { connect as connectSecurely } from 'node:tls';
import { ReceiverFixture, placeOf, type TestReceiver } from './support/receiver-fixture.js';
import { RunEvents } from './support/run-events.js';
import { treeOf, type SourceTree } from './support/source-tree.js';
import { TestClient } from './support/test-client.js';
import { TestReader } from './support/test-reader.js';

let fixture: ReceiverFixture;
let receiver: TestReceiver;
let secure: TestReceiver;
let events: RunEvents;
let redis: Redis;

beforeAll(async () => {
  fixture = await ReceiverFixture.open();
  [receiver, secure] = await Promise.all([fixture.receiver(), fixture.secureReceiver()]);
  events = new RunEvents(fixture.redis.url);
  redis = new Redis(fixture.redis.url);
});
afterAll(async () => {
  redis.disconnect();
  await events.close();
  await fixture.close();
});

type Role = 'agent' | 'receiver' | 'api';

/** A connection to the receiver that other machines reach, as this member makes it. */
function dial(role: Role, id: string): Promise<Socket> {
  return dialReceiver(
    { host: '127.0.0.1', port: secure.port, tls: true },
    { credentials: () => shownBy(role, id), limit: AbortSignal.timeout(10_000) },
  );
}

function shownBy(role: Role, id: string): TransferCredentials {
  const { certificate, privateKey } = fixture.members.member(role, id);
  const privateKeyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  return { certificate, authority: fixture.members.authority.pem, privateKeyPem };
}

const keyOf = (id: string): string =>
  keyIdOf(createPublicKey(fixture.members.member('agent', id).privateKey));

/** What was said to the scheduler about forgeries, for the audit log. */
async function refusals(): Promise<{ what: string; reason: string }[]> {
  return (await events.all()).flatMap((event) => (event.type === 'refused' ? [event] : []));
}

test.each([
  ['of another vault', 'WRONG_VAULT', () => fixture.ticket({ vaultId: randomUUID() })],
  ['that has expired', 'TICKET_EXPIRED', () => fixture.ticket({ exp: 1_000 })],
  ['that is not valid yet', 'TICKET_INVALID', () => fixture.ticket({ nbf: 9_999_999_999 })],
  ['with a changed claim', 'TICKET_INVALID', () => fixture.ticket().replace(/\.(.)/, '.X$1')],
  ['that is none', 'TICKET_INVALID', () => 'let me in'],
])('refuses a ticket %s', async (_what, code, ticket) => {
  const client = new TestClient(receiver.port, ticket());
  expect((await client.failed()).code).toBe(code);
  expect(receiver.parts.desk.activeSessions).toBe(0);
});

test('across machines agents back up and the API reads, with certificates on both ends', async () => {
  const planId = randomUUID();
  const ticket = fixture.ticket({ planId, holder: keyOf('agent') });
  const { receipt } = await TestClient.backUp(
    secure.port,
    ticket,
    treeOf(20, 200_000),
    await dial('agent', 'agent'),
  );
  const reader = new TestReader(secure.port, fixture.readTicket(planId), await dial('api', 'control-plane'));
  await reader.open(String(receipt?.snapshot));
  expect(await reader.list()).toHaveLength(22);
  reader.close();
});

test('no offer makes a client speak plainly to another machine', async () => {
  let heard: Uint8Array = Buffer.alloc(0);
  const trap = createServer((socket) =>
    socket.on('data', (chunk: Buffer) => (heard = chunk)).on('error', () => undefined),
  );
  await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve));
  const { port } = trap.address() as AddressInfo;
  // An address that is not of loopback and yet leads there.
  const dialled = dialReceiver(
    { host: '0.0.0.0', port },
    { credentials: () => shownBy('agent', 'agent'), limit: AbortSignal.timeout(300) },
  );
  await expect(dialled).rejects.toThrow();
  // The record of a TLS handshake.
  expect(heard[0]).toBe(0x16);
  await expect(
    dialReceiver({ host: '0.0.0.0', port }, { credentials: null, limit: AbortSignal.timeout(300) }),
  ).rejects.toThrow(/no certificate/);
  trap.close();
});

test('a client without a certificate of the fleet is refused before a frame is read', async () => {
  const hello = (socket: Socket): TestClient => new TestClient(secure.port, fixture.ticket(), socket);
  const place = { host: '127.0.0.1', port: secure.port, rejectUnauthorized: false };
  const stranger = new TestMembers().member('agent', 'agent');
  const key = stranger.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  for (const connect of [
    () => connectPlain(place),
    () => connectSecurely(place),
    () => connectSecurely({ ...place, cert: stranger.certificate, key }),
    () => connectSecurely({ ...place, maxVersion: 'TLSv1.2' }),
  ]) {
    const client = hello(connect());
    // The plain one reads the alert of TLS, which is none of our frames.
    expect((await client.failed()).code).toMatch(/CONNECTION_LOST|NOT_OUR_PROTOCOL/);
    // Not even why: only TLS itself answers.
    expect(client.welcome).toBeNull();
  }
  expect(secure.parts.desk.activeSessions).toBe(0);
});

test.each([
  ['another agent', 'agent', 'stolen', () => fixture.ticket({ agentId: 'agent' })],
  ['the same name with another key', 'agent', 'agent', () => fixture.ticket({ holder: keyOf('stolen') })],
  ['an agent, made for the API', 'agent', 'stolen', () => fixture.readTicket(randomUUID())],
  ['a receiver', 'receiver', 'cellar', () => fixture.ticket()],
] as const)(
  'a ticket is worth nothing in the hands of %s, and leaves a note',
  async (_who, role, id, ticket) => {
    const before = (await refusals()).length;
    const client = new TestClient(secure.port, ticket(), await dial(role, id));
    expect(await client.failed()).toMatchObject({ code: 'TICKET_INVALID' });
    const noted = await until(async () => (await refusals()).slice(before)[0]);
    expect(noted).toMatchObject({ what: 'ticket', reason: expect.stringMatching(/was made for/) });
  },
);

test('a revoked certificate is cut off and refused; who can only write to Redis revokes and pardons nobody', async () => {
  const { certificate } = fixture.members.member('agent', 'revoked');
  const { serialNumber } = new X509Certificate(certificate);
  const ticket = (): string => fixture.ticket({ agentId: 'revoked' });
  const client = new TestClient(secure.port, ticket(), await dial('agent', 'revoked'));
  await client.welcomed();
  const { privateKey } = generateKeyPairSync('ed25519');
  await redis.set(REVOCATIONS_KEY, fixture.revocations([serialNumber], Date.now(), privateKey));
  await until(async () => (await refusals()).some(({ what }) => what === 'revocations'), {
    what: 'the note',
  });
  expect(client.error).toBeNull();

  const revokedAt = Date.now();
  await redis.set(REVOCATIONS_KEY, fixture.revocations([serialNumber], revokedAt));
  expect((await client.failed()).code).toBe('CONNECTION_LOST');
  await redis.set(REVOCATIONS_KEY, fixture.revocations([], revokedAt - 1));
  await secure.parts.presence.update();
  const again = new TestClient(secure.port, ticket(), await dial('agent', 'revoked'));
  expect((await again.failed()).code).toBe('CONNECTION_LOST');
  expect((await refusals()).map(({ what }) => what)).toContain('certificate');
});

test('a stolen agent reads no snapshot, its own included', async () => {
  const planId = randomUUID();
  const { receipt } = await TestClient.backUp(
    ...([secure.port, fixture.ticket({ planId }), treeOf(3, 100), await dial('agent', 'agent')] as const),
  );
  for (const ticket of [
    fixture.ticket({ planId }),
    fixture.readTicket(planId),
    fixture.readTicket(planId, { agentId: 'another' }),
    fixture.readTicket(randomUUID(), { agentId: 'agent' }),
    fixture.readTicket(planId, { agentId: 'agent', snapshot: '2026-01-01T000000Z' }),
  ]) {
    const reader = new TestReader(secure.port, ticket, await dial('agent', 'agent'));
    await expect(reader.open(String(receipt?.snapshot))).rejects.toThrow(SessionError);
    reader.close();
  }
});

test('a stolen agent changes and deletes nothing that is there, and chooses neither place nor time of what it adds', async () => {
  const planId = randomUUID();
  const send = async (tree: SourceTree, ticket = fixture.ticket({ planId })): Promise<TestClient> =>
    TestClient.backUp(secure.port, ticket, tree, await dial('agent', 'agent'));
  const { agentFolder, planFolder } = placeOf(planId);
  const folder = join(fixture.targetDir, agentFolder, planFolder);
  const { receipt } = await send(treeOf(5, 2_000));
  const before = describeTree(join(folder, String(receipt?.snapshot)));
  const others = readdirSync(fixture.targetDir, { recursive: true }).length;
  const old = fixture.ticket({ planId });

  const startedAt = Math.floor(Date.now() / 1000) * 1000;
  const emptied = await send(new Map([['', null]]));
  const name = String(emptied.receipt?.snapshot);
  const named = Date.parse(name.replace(/T(..)(..)(..).*Z/, 'T$1:$2:$3Z'));
  expect(named).toBeGreaterThanOrEqual(startedAt);
  expect(named).toBeLessThanOrEqual(Date.now() + 60_000);
  for (const path of ['../another/evil', '/etc/evil', 'd/../../evil', '.vault/evil', 'd//evil'])
    await expect(
      send(
        new Map([
          ['', null],
          [path, Buffer.from('evil')],
        ]),
      ),
    ).rejects.toThrow(SessionError);
  await expect(send(treeOf(1, 10), old)).rejects.toThrow(SessionError);

  expect(differences(before, describeTree(join(folder, String(receipt?.snapshot))))).toEqual([]);
  expect(readdirSync(folder).sort()).toEqual([receipt?.snapshot, name, 'latest']);
  // The new snapshot, its manifest and what belongs to it.
  expect(readdirSync(fixture.targetDir, { recursive: true }).length - others).toBeLessThan(8);
  expect(existsSync(join(fixture.targetDir, '..', 'evil'))).toBe(false);
});

test('however often a stolen agent connects it takes one place, and others are served', async () => {
  const planId = randomUUID();
  const crowd = await Promise.all(
    Array.from({ length: 8 }, async () => {
      return new TestClient(secure.port, fixture.ticket({ planId }), await dial('agent', 'agent'));
    }),
  );
  const honest = fixture.ticket({ agentId: 'honest' });
  const { receipt } = await TestClient.backUp(
    secure.port,
    honest,
    treeOf(2, 10),
    await dial('agent', 'honest'),
  );
  expect(receipt).not.toBeNull();
  await until(() => secure.parts.desk.activeSessions <= 1, { what: 'one place for the crowd' });
  for (const client of crowd) client.close();
});

test('a receiver that other machines reach does not start without a certificate', async () => {
  await expect(fixture.receiver({ RECEIVER_HOST: '0.0.0.0' })).rejects.toThrow(/set CREDENTIALS_DIR/);
});
