import { readFileSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { ConfigError } from '@periodic-backup/platform';
import { TestAuthority, temporaryDirectory, until, type TemporaryDirectory } from '@periodic-backup/testing';
import { loadAdminApiConfig } from '../src/index.js';
import { PASSWORD } from './people.js';
import { TestApi, startServers, type Servers } from './test-api.js';

const HOST = 'backup.example.org';
const authority = new TestAuthority();

let servers: Servers;
let folder: TemporaryDirectory;
let files: { API_TLS_CERT_FILE: string; API_TLS_KEY_FILE: string };
let api: TestApi;
beforeAll(async () => {
  [servers, folder] = await Promise.all([startServers(), temporaryDirectory()]);
  files = { API_TLS_CERT_FILE: join(folder.path, 'api.crt'), API_TLS_KEY_FILE: join(folder.path, 'api.key') };
  issue();
  api = await TestApi.start(servers, files);
});
afterAll(async () => {
  await api.close();
  await Promise.all([servers.stop(), folder.remove()]);
});

function issue(): string {
  const { certPem, keyPem } = authority.serverCertificate(HOST, 'localhost', '127.0.0.1');
  writeFileSync(files.API_TLS_CERT_FILE, certPem);
  writeFileSync(files.API_TLS_KEY_FILE, keyPem);
  return certPem;
}

interface Asked {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
}

function ask(
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: object,
): Promise<Asked> {
  return new Promise((resolve, reject) => {
    const asked = request(
      `${api.url}${path}`,
      {
        method,
        ca: authority.pem,
        agent: false,
        headers: { ...headers, ...(body ? { 'content-type': 'application/json' } : {}) },
      },
      (answer) => {
        answer.resume().on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers }));
      },
    );
    asked.on('error', reject);
    asked.end(body && JSON.stringify(body));
  });
}

/** Resolves with the connection, or rejects as the server did. */
function handshake(options: object = {}): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect(
      { port: Number(new URL(api.url).port), host: '127.0.0.1', ca: authority.pem, ...options },
      () => resolve(socket),
    );
    socket.on('error', reject);
  });
}

test('with a certificate the API speaks HTTPS, TLS 1.3 and nothing older', async () => {
  expect(api.url).toMatch(/^https:/);
  expect((await ask('GET', '/livez')).status).toBe(200);
  const socket = await handshake();
  expect(socket.getProtocol()).toBe('TLSv1.3');
  socket.destroy();
  await expect(handshake({ maxVersion: 'TLSv1.2' })).rejects.toThrow(/protocol version/);
});

test('who speaks HTTP to it gets nothing', async () => {
  const plain = new Promise((resolve, reject) => {
    const asked = httpRequest(`${api.url.replace('https', 'http')}/livez`, { agent: false }, (answer) =>
      resolve(answer.statusCode),
    );
    asked.on('error', reject);
    asked.end();
  });
  await expect(plain).rejects.toThrow();
});

test('its cookies go over TLS alone, and no other host can set them', async () => {
  await ask('POST', '/api/v1/users', {}, { name: 'ann', password: PASSWORD, role: 'admin' });
  const { headers } = await ask(
    'POST',
    '/api/v1/session',
    { origin: api.url },
    { name: 'ann', password: PASSWORD },
  );
  const [cookie = ''] = headers['set-cookie'] ?? [];
  expect(cookie).toMatch(
    /^__Host-pbk_session=[\w-]{43}; Path=\/; Max-Age=86400; HttpOnly; SameSite=Strict; Secure$/,
  );
  const pair = cookie.split(';')[0]!;
  expect((await ask('GET', '/api/v1/me', { cookie: pair })).status).toBe(200);
  expect((await ask('GET', '/api/v1/me', { cookie: pair.replace('__Host-', '') })).status).toBe(401);
});

test('browsers are told to stay with HTTPS, except for this machine', async () => {
  const hsts = async (host: string): Promise<unknown> =>
    (await ask('GET', '/livez', { host })).headers['strict-transport-security'];
  expect([await hsts(HOST), await hsts('localhost:7300'), await hsts('127.0.0.1')]).toEqual([
    'max-age=31536000',
    undefined,
    undefined,
  ]);
});

test('a new certificate is taken while the API runs; one that does not fit its key is not', async () => {
  const kept = await handshake();
  const shown = async (): Promise<string> => {
    const socket = await handshake();
    const { raw } = socket.getPeerCertificate();
    socket.destroy();
    return `-----BEGIN CERTIFICATE-----\n${raw.toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n-----END CERTIFICATE-----`;
  };
  const [first, other] = [await shown(), authority.serverCertificate(HOST)];
  writeFileSync(files.API_TLS_CERT_FILE, other.certPem);
  expect(await shown()).toBe(first);
  const next = issue();
  await until(async () => (await shown()).trim() === next.trim(), {
    deadlineMs: 10_000,
    what: 'the new certificate',
  });
  expect(kept.destroyed).toBe(false);
  kept.destroy();
});

test('half of a certificate, or what is none, keeps the API from starting', async () => {
  const load = (): unknown =>
    loadAdminApiConfig({
      DATABASE_URL: 'postgres://u@localhost/d',
      API_TLS_CERT_FILE: files.API_TLS_CERT_FILE,
    });
  expect(load).toThrow(/go together/);
  const wrong = { ...files, API_TLS_KEY_FILE: files.API_TLS_CERT_FILE };
  await expect(TestApi.start(servers, wrong)).rejects.toThrow(ConfigError);
});

test('given only names, it has a certificate of the built-in authority for them, which the authority vouches for', async () => {
  const ticketKeys = {
    TICKET_PRIVATE_KEY_FILE: join(folder.path, 'keys', 'ticket.key'),
    TICKET_PUBLIC_KEY_FILE: join(folder.path, 'keys', 'ticket.pub'),
  };
  const named = await TestApi.start(servers, { ...ticketKeys, API_TLS_NAMES: `${HOST},127.0.0.1` });
  const ca = readFileSync(join(folder.path, 'keys', 'authority.pem'), 'utf8');
  const socket = await handshake({ ca, port: Number(new URL(named.url).port), servername: HOST });
  const { subjectaltname } = socket.getPeerCertificate();
  socket.destroy();
  await named.close();
  expect(subjectaltname).toBe(`DNS:${HOST}, IP Address:127.0.0.1`);
});

test.each([
  [{ API_TLS_NAMES: HOST }, /TICKET_PRIVATE_KEY_FILE/],
  [{ API_TLS_NAMES: HOST, API_TLS_CERT_FILE: 'a', API_TLS_KEY_FILE: 'b' }, /set one of them/],
  [{ API_TLS_NAMES: 'a b' }, /API_TLS_NAMES/],
])('%j is refused', (variables, reason) => {
  expect(() => loadAdminApiConfig({ DATABASE_URL: 'postgres://u@localhost/d', ...variables })).toThrow(
    reason,
  );
});

describe('behind a proxy', () => {
  const forwarded = {
    'x-forwarded-for': '203.0.113.9',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': HOST,
  };
  const login = { name: 'ann', password: PASSWORD };

  test('that is trusted, the client is who it says, the cookie is for TLS, and pages are of the name it says', async () => {
    const behind = await TestApi.start(servers, { TRUST_PROXY: '127.0.0.0/8,::1' });
    const answer = await behind.call('POST', '/api/v1/session', login, {
      ...forwarded,
      origin: `https://${HOST}`,
    });
    const cookie = String(answer.headers['set-cookie']);
    const foreign = await behind.call('POST', '/api/v1/session', login, { ...forwarded, origin: behind.url });
    const log = await behind.call<{ items: { address: string }[] }>(
      'GET',
      '/api/v1/audit?action=session&limit=1',
      undefined,
      {
        ...forwarded,
        cookie: cookie.split(';')[0]!,
      },
    );
    await behind.close();
    expect([answer.status, cookie.startsWith('__Host-'), foreign.status]).toEqual([200, true, 403]);
    expect(log.body.items[0]?.address).toBe('203.0.113.9');
  });

  test('that nobody named, nothing of what it says counts', async () => {
    const direct = await TestApi.start(servers);
    const answer = await direct.call('POST', '/api/v1/session', login, { ...forwarded, origin: direct.url });
    const cookie = String(answer.headers['set-cookie']);
    await direct.close();
    expect([answer.status, cookie.startsWith('pbk_session=')]).toEqual([200, true]);
  });

  test.each(['proxy.example', '10.0.0.0/33', '10.0.0.1,', '*'])('named %s is refused', (TRUST_PROXY) => {
    expect(() => loadAdminApiConfig({ DATABASE_URL: 'postgres://u@localhost/d', TRUST_PROXY })).toThrow(
      /TRUST_PROXY/,
    );
  });
});
