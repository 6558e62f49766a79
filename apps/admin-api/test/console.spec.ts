import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { Problem } from '@periodic-backup/contracts';
import { temporaryDirectory, type TemporaryDirectory } from '@periodic-backup/testing';
import { TestApi, startServers, type Answer, type Servers } from './test-api.js';

const PAGE = '<!doctype html><title>console</title>';
const SCRIPT = 'export const answer = 42;';
const TOKEN = 'a-token-of-some-length';
const HTML = { accept: 'text/html,application/xhtml+xml' };

let servers: Servers;
let folder: TemporaryDirectory;
let open: TestApi;
let closed: TestApi;
let unbuilt: TestApi;
beforeAll(async () => {
  servers = await startServers();
  folder = await temporaryDirectory();
  mkdirSync(join(folder.path, 'assets'));
  writeFileSync(join(folder.path, 'index.html'), PAGE);
  writeFileSync(join(folder.path, 'theme.js'), '// theme');
  writeFileSync(join(folder.path, 'assets/main-1a2b.js'), SCRIPT);
  writeFileSync(join(folder.path, 'assets/main-1a2b.js.br'), brotliCompressSync(SCRIPT));
  writeFileSync(join(folder.path, 'assets/main-1a2b.js.gz'), gzipSync(SCRIPT));
  const built = { CONSOLE_DIR: folder.path };
  [open, closed, unbuilt] = await Promise.all([
    TestApi.start(servers, built),
    TestApi.start(servers, { ...built, API_TOKEN: TOKEN, API_HOST: '0.0.0.0' }),
    TestApi.start(servers, { CONSOLE_DIR: join(folder.path, 'nothing') }),
  ]);
});
afterAll(async () => {
  await Promise.all([open.close(), closed.close(), unbuilt.close()]);
  await Promise.all([servers.stop(), folder.remove()]);
});

const get = (path: string, headers: Record<string, string> = HTML, api = open): Promise<Answer<string>> =>
  api.call<string>('GET', path, undefined, headers);

test.each(['/', '/plans', '/plans/7e57ab1e-0000-4000-8000-000000000001/edit', '/no/such/screen?x=1'])(
  'a browser that goes to %s gets the page of the console, asked for again each time',
  async (path) => {
    const { status, type, body, headers } = await get(path);
    expect([status, type.split(';')[0], body]).toEqual([200, 'text/html', PAGE]);
    expect(headers['cache-control']).toBe('no-cache');
  },
);

test('the page may load from this server alone, and nobody may frame it', async () => {
  const policy = String((await get('/')).headers['content-security-policy']);
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toMatch(/unsafe|https?:|\*/);
  expect((await get('/')).headers).toMatchObject({ 'x-content-type-options': 'nosniff' });
});

test.each(['br', 'gzip'])('what is built comes compressed as %s, and is kept for good', async (encoding) => {
  const { status, headers } = await get('/assets/main-1a2b.js', { 'accept-encoding': encoding });
  expect(status).toBe(200);
  expect(headers).toMatchObject({
    'content-encoding': encoding,
    'content-type': expect.stringContaining('javascript') as string,
    'cache-control': 'public, max-age=31536000, immutable',
  });
});

test('what was built while the server ran is there, too', async () => {
  writeFileSync(join(folder.path, 'assets/later-3c4d.js'), SCRIPT);
  expect((await get('/assets/later-3c4d.js', {})).status).toBe(200);
});

test('what has no digest in its name is not kept', async () => {
  const { body, headers } = await get('/theme.js', {});
  expect([body, headers['cache-control']]).toEqual(['// theme', 'no-cache']);
});

test.each(['/api/v1/planz', '/api', '//api/v1/plans', '/API/v1/plans'])(
  'who misses a route of the API at %s hears so, a browser too',
  async (path) => {
    const answer = await open.call<Problem>('GET', path, undefined, HTML);
    expect([answer.status, answer.type.split(';')[0]]).toEqual([404, 'application/problem+json']);
  },
);

test.each(['/assets/main-9z9z.js', '/index.php', '/assets/../../package.json', '/..%2f..%2fetc%2fpasswd'])(
  'a program that asks for %s, which is not there, gets no page',
  async (path) => {
    const { status, body } = await get(path, { accept: '*/*' });
    expect([403, 404]).toContain(status);
    expect(body).not.toBe(PAGE);
  },
);

test('the console needs no token, all behind it does', async () => {
  for (const path of ['/', '/plans', '/theme.js', '/assets/main-1a2b.js'])
    expect([path, (await get(path, HTML, closed)).status]).toEqual([path, 200]);
  for (const path of ['/api/v1/plans', '/%61pi/v1/plans', '/api/v1/events', '/api/docs', '/api/openapi.json'])
    expect([path, (await get(path, HTML, closed)).status]).toEqual([path, 401]);
});

test('a name that others bound to this machine gets no console either', async () => {
  expect((await get('/', { ...HTML, host: 'evil.example' })).status).toBe(403);
});

test('without a build the root says how to make one, and the API works', async () => {
  const answer = await unbuilt.call<Problem>('GET', '/', undefined, HTML);
  expect([answer.status, answer.body.detail]).toEqual([503, expect.stringContaining('npm run build')]);
  expect((await unbuilt.call('GET', '/api/v1/plans')).status).toBe(200);
});
