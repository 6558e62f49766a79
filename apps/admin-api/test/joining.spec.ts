import { createPublicKey, X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { CertificateAuthority, redisUserOf } from '@periodic-backup/authority';
import { proveKey, type Invitation, type Problem } from '@periodic-backup/contracts';
import { getMember, revokedSerials } from '@periodic-backup/ledger';
import {
  CredentialsFolder,
  joinFleet,
  nameIn,
  newPrivateKey,
  readJoinLine,
  refreshCredentials,
  writeJoinLine,
} from '@periodic-backup/trust';
import { freePort, temporaryDirectory, until, type TemporaryDirectory } from '@periodic-backup/testing';
import { Redis } from 'ioredis';
import { commandsOn, mayRun } from './redis-permissions.js';
import { TestApi, startServers, type Servers } from './test-api.js';

const ABOUT = { hostname: 'laptop.local', version: '0.1.0' };
const DAY_MS = 86_400_000;

let servers: Servers;
let directory: TemporaryDirectory;
let api: TestApi;
let fleetPort: number;
let folders = 0;
const folder = (): CredentialsFolder => new CredentialsFolder(join(directory.path, `agent-${++folders}`));
const file = (name: string): string => join(directory.path, name);

beforeAll(async () => {
  [servers, directory, fleetPort] = await Promise.all([startServers(), temporaryDirectory(), freePort()]);
  api = await TestApi.start(servers, {
    TICKET_PRIVATE_KEY_FILE: file('private/ticket.key'),
    TICKET_PUBLIC_KEY_FILE: file('ticket.pub'),
    FLEET_PORT: String(fleetPort),
    FLEET_ADDRESS: `127.0.0.1:${fleetPort}`,
  });
});
afterAll(async () => {
  await api.close();
  await servers.stop();
  await directory.remove();
});
beforeEach(() => api.clear());

async function invite(id = 'laptop', kind = 'agents'): Promise<Invitation> {
  const { status, body } = await api.call<Invitation>('POST', `/api/v1/${kind}/invitations`, { id });
  expect(status).toBe(201);
  return body;
}

async function joined(id = 'laptop'): Promise<CredentialsFolder> {
  const home = folder();
  await joinFleet((await invite(id)).line, 'agent', home, ABOUT);
  return home;
}

const redisAs = (url: string): Redis => {
  const redis = new Redis(url, { retryStrategy: () => null, maxRetriesPerRequest: 0 });
  redis.on('error', () => undefined);
  connections.push(redis);
  return redis;
};
const connections: Redis[] = [];
afterEach(() => connections.splice(0).forEach((redis) => redis.disconnect()));

test('one line makes a machine a member, with a key that it made itself', async () => {
  const home = folder();
  const { line, command, replaces } = await invite();
  expect([command, replaces]).toEqual([`sender-agent join '${line}'`, false]);
  expect(await joinFleet(line, 'agent', home, ABOUT)).toEqual({ role: 'agent', id: 'laptop' });

  const { certificate, authority, ticketPublicKey, redis, keyId, fleet } = home.load();
  const shown = new X509Certificate(certificate);
  expect(nameIn(shown)).toEqual({ role: 'agent', id: 'laptop' });
  expect(shown.verify(new X509Certificate(authority).publicKey)).toBe(true);
  expect(Math.round((shown.validToDate.getTime() - Date.now()) / DAY_MS)).toBe(30);
  expect(ticketPublicKey).toBe(await readFile(file('ticket.pub'), 'utf8'));
  expect(fleet).toEqual({ host: '127.0.0.1', port: fleetPort });
  expect(await getMember(api.connection.ledger, { role: 'agent', id: 'laptop' })).toMatchObject({
    ...ABOUT,
    keyId,
    revokedAt: null,
  });
  for (const secret of [home.keyFile, join(home.path, 'credentials.json')])
    expect((await stat(secret)).mode & 0o777).toBe(0o600);

  const own = redisAs(redis?.url ?? '');
  await own.set('pbk:{agent-laptop}:presence', 'here');
  await expect(own.get('pbk:{agent-desktop}:presence')).rejects.toThrow(/NOPERM/);
});

test('a user in Redis can touch its own queues and add to the reports; every other key and command is refused', async () => {
  const { redis: given } = (await joined()).load();
  const user = redisUserOf({ role: 'agent', id: 'laptop' });
  const { redis } = api;
  const may = (...command: string[]): Promise<boolean> => mayRun(redis, user, command);
  const foreign = ['pbk:{agent-desktop}:agent-desktop:wait', 'pbk:{ticks}:ticks:wait', 'pbk:live', '*'];
  // What its connection asks of the server itself; none of it names a key.
  expect(await commandsOn(redis, user, foreign)).toEqual([
    'client|setname',
    'cluster|shards',
    'cluster|slots',
    'info',
    'ping',
    'select',
  ]);

  const reports = 'pbk:{run-events}:run-events';
  const own = 'pbk:{agent-laptop}:agent-laptop:wait';
  const report = `${reports}:agent-laptop.1`;
  for (const command of [
    ['lrange', own, '0', '-1'],
    ['hset', report, 'data', '{}'],
    ['rpush', `${reports}:wait`, 'agent-laptop.1'],
    ['publish', 'pbk:live:agent:laptop', '{}'],
  ])
    expect([command, await may(...command)]).toEqual([command, true]);
  for (const command of [
    ['lrange', `${reports}:wait`, '0', '-1'],
    ['del', `${reports}:wait`],
    ['hset', `${reports}:meta`, 'paused', '1'],
    ['hset', `${reports}:agent-desktop.1`, 'data', '{}'],
    ['hgetall', `${reports}:agent-desktop.1`],
    ['publish', 'pbk:live:agent:desktop', '{}'],
    ['set', 'pbk:{presence}:revocations', '{}'],
    ['hset', 'pbk:{presence}:receivers', 'mine', '{}'],
  ])
    expect([command, await may(...command)]).toEqual([command, false]);

  // A script is no way around: its commands are looked at as well.
  const as = redisAs(given?.url ?? '');
  await expect(as.eval("return redis.call('get', 'pbk:{agent-desktop}:presence')", 0)).rejects.toThrow();
  await expect(as.eval("return redis.call('keys', '*')", 0)).rejects.toThrow();
});

test('the ledger keeps neither the token nor the password of Redis', async () => {
  const { line } = await invite();
  const home = folder();
  await joinFleet(line, 'agent', home, ABOUT);
  const { rows } = await api.connection.ledger.execute(
    'select i::text as text from invitations i union all select m::text from members m',
  );
  const text = JSON.stringify(rows);
  expect(text).not.toContain(readJoinLine(line).token);
  expect(text).not.toContain(new URL(home.load().redis?.url ?? '').password);
});

test('an invitation lets one machine in, once', async () => {
  const { line } = await invite();
  const attempts = await Promise.allSettled([1, 2, 3].map(() => joinFleet(line, 'agent', folder(), ABOUT)));
  expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  await expect(joinFleet(line, 'agent', folder(), ABOUT)).rejects.toThrow(/was used before/);
});

test('an invitation ends after 15 minutes, and when another is made for the name', async () => {
  const { line } = await invite();
  const { line: newer } = await invite();
  await expect(joinFleet(line, 'agent', folder(), ABOUT)).rejects.toThrow(/has expired/);
  await api.connection.ledger.execute(
    "update invitations set expires_at = expires_at - interval '15 minutes 1 second'",
  );
  await expect(joinFleet(newer, 'agent', folder(), ABOUT)).rejects.toThrow(/has expired \(they last 15/);
});

test('an invitation of a receiver makes no agent, and is not used up by the attempt', async () => {
  const { line } = await invite('cellar', 'receivers');
  await expect(joinFleet(line, 'agent', folder(), ABOUT)).rejects.toThrow(/not known here/);
  expect(await joinFleet(line, 'receiver', folder(), ABOUT)).toEqual({ role: 'receiver', id: 'cellar' });
});

test('a server with another authority learns nothing, least of all the token', async () => {
  const { line } = await invite();
  const foreign = writeJoinLine({ ...readJoinLine(line), fingerprint: 'ab'.repeat(32) });
  await expect(joinFleet(foreign, 'agent', folder(), ABOUT)).rejects.toThrow(/Nothing was sent to it/);
  // Still good: nobody has seen it.
  await joinFleet(line, 'agent', folder(), ABOUT);
});

test('a member is no control plane, whatever its certificate', async () => {
  const key = newPrivateKey();
  const authority = await CertificateAuthority.open(file('private/authority-key.pem'), file('authority.pem'));
  const issued = await authority.issue({
    name: { role: 'agent', id: 'thief' },
    publicKey: createPublicKey(key),
  });
  const { createServer } = await import('node:https');
  const heard: string[] = [];
  const thief = createServer(
    { key: key.export({ type: 'pkcs8', format: 'pem' }), cert: issued.pem + authority.pem },
    (got) => void heard.push(got.url ?? ''),
  );
  await new Promise<void>((resolve) => thief.listen(0, '127.0.0.1', resolve));
  const { port } = thief.address() as { port: number };
  const line = writeJoinLine({ ...readJoinLine((await invite()).line), port });
  await expect(joinFleet(line, 'agent', folder(), ABOUT)).rejects.toThrow(/not that of a control plane/);
  expect(heard).toEqual([]);
  thief.closeAllConnections();
  thief.close();
});

test('a certificate is renewed when two thirds of its life are over, for the same key', async () => {
  const home = await joined();
  const before = home.load();
  expect(await refreshCredentials(home, ABOUT)).toBe(false);

  const authority = await CertificateAuthority.open(file('private/authority-key.pem'), file('authority.pem'));
  const old = await authority.issue({
    ...{ name: before.name, publicKey: createPublicKey(before.privateKey) },
    ...{ lifeMs: 9 * DAY_MS, now: new Date(Date.now() - 21 * DAY_MS) },
  });
  home.store({ ...before, certificate: old.pem }, before.fleet);
  // It has even run out meanwhile: the key still proves who this is.
  expect(old.notAfter.getTime()).toBeLessThan(Date.now());
  expect(await refreshCredentials(home, { ...ABOUT, version: '0.2.0' })).toBe(true);
  const after = home.load();
  expect(after.keyId).toBe(before.keyId);
  expect(Math.round((after.notAfter.getTime() - Date.now()) / DAY_MS)).toBe(30);
  expect(after.redis).toEqual(before.redis);
  expect((await getMember(api.connection.ledger, before.name))?.version).toBe('0.2.0');
});

test('whoever has the certificate but not the key gets nothing', async () => {
  const home = await joined();
  const { certificate, authority, redis } = home.load();
  const asked = { certificate, at: Date.now(), redisAddress: null, ...ABOUT };
  const proof = proveKey('credentials', asked, newPrivateKey());
  expect(await post('/credentials', { ...asked, proof }, authority)).toMatchObject({ status: 403 });
  expect(redis).not.toBeNull();
});

test('a signed request that is old gets nothing', async () => {
  const { certificate, authority, privateKey } = (await joined()).load();
  const asked = { certificate, at: Date.now() - 11 * 60_000, redisAddress: null, ...ABOUT };
  const proof = proveKey('credentials', asked, privateKey);
  expect(await post('/credentials', { ...asked, proof }, authority)).toMatchObject({ status: 403 });
});

test('a revoked member is out: its certificates are refused, its user in Redis is gone, its connections are cut', async () => {
  const home = await joined();
  const own = redisAs(home.load().redis?.url ?? '');
  await own.ping();
  const cut = new Promise((resolve) => own.once('end', resolve));
  const { status, body } = await api.call('POST', '/api/v1/agents/laptop/revoke');
  expect([status, body]).toMatchObject([200, { id: 'laptop', certificates: 1 }]);
  await cut;
  await expect(refreshCredentials(home, ABOUT)).rejects.toThrow(/was revoked or replaced/);
  const { serialNumber } = new X509Certificate(home.load().certificate);
  expect(await revokedSerials(api.connection.ledger, new Date())).toEqual([serialNumber]);
  const again = redisAs(home.load().redis?.url ?? '');
  await expect(again.ping()).rejects.toThrow();
  expect((await api.call('POST', '/api/v1/agents/nobody/revoke')).status).toBe(404);
});

test('whoever joins under a name puts out who had it before', async () => {
  const before = await joined();
  expect((await invite()).replaces).toBe(true);
  const after = await joined();
  await expect(refreshCredentials(before, ABOUT)).rejects.toThrow(/was revoked or replaced/);
  expect(await refreshCredentials(after, ABOUT)).toBe(false);
  const old = redisAs(before.load().redis?.url ?? '');
  await expect(old.ping()).rejects.toThrow();
});

test('users come back by themselves after Redis has forgotten them, but not the revoked', async () => {
  const [stays, goes] = [await joined('stays'), await joined('goes')];
  await api.call('POST', '/api/v1/agents/goes/revoke');
  await servers.redis.restart();
  await until(
    () =>
      redisAs(stays.load().redis?.url ?? '')
        .ping()
        .catch(() => null),
    { what: 'the user to come back' },
  );
  const gone = redisAs(goes.load().redis?.url ?? '');
  await expect(gone.ping()).rejects.toThrow();
});

test('a member that a new ledger does not know is taken in again by its certificate', async () => {
  const home = await joined();
  await api.connection.ledger.execute('truncate members, certificates, agents');
  expect(await refreshCredentials(home, ABOUT)).toBe(true);
  const own = redisAs(home.load().redis?.url ?? '');
  expect(await own.ping()).toBe('PONG');
});

test('the fleet port speaks TLS 1.3 only, and takes nothing that is long or strange', async () => {
  const { authority } = (await joined()).load();
  await expect(
    new Promise((resolve, reject) => {
      const socket = connect({ port: fleetPort, ca: authority, maxVersion: 'TLSv1.2' }, () =>
        resolve('connected'),
      );
      socket.on('error', reject);
    }),
  ).rejects.toThrow();
  expect(await post('/join', { token: 'short' }, authority)).toMatchObject({ status: 400 });
  expect(await post('/join', { filler: 'x'.repeat(100_000) }, authority)).toMatchObject({ status: 413 });
  expect(await post('/plans', {}, authority)).toMatchObject({ status: 404 });
});

test('without a fleet port nobody is invited, and the remedy is told', async () => {
  const other = await TestApi.start(servers, {
    TICKET_PRIVATE_KEY_FILE: file('private/ticket.key'),
    TICKET_PUBLIC_KEY_FILE: file('ticket.pub'),
  });
  const { status, body } = await other.call<Problem>('POST', '/api/v1/agents/invitations', { id: 'laptop' });
  expect([status, body.detail]).toEqual([501, expect.stringMatching(/Set FLEET_PORT/)]);
  await other.close();
});

async function post(path: string, body: object, ca: string): Promise<{ status: number | undefined }> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        port: fleetPort,
        host: '127.0.0.1',
        path,
        method: 'POST',
        ca,
        agent: false,
        checkServerIdentity: () => undefined,
      },
      (response) => {
        response.resume();
        resolve({ status: response.statusCode });
      },
    );
    sent.on('error', reject);
    sent.end(JSON.stringify(body));
  });
}
