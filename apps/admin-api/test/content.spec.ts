import { mkdirSync, readFileSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Problem } from '@periodic-backup/contracts';
import { SessionError, digestOf } from '@periodic-backup/protocol';
import { makeLargeFile, seededBytes, until } from '@periodic-backup/testing';
import { BrowsingScene } from './browsing-scene.js';
import { download, leaveEarly, type Download } from './download.js';

const MIB = 1024 * 1024;

let scene: BrowsingScene;
let tree: string;
let url: string;
beforeAll(async () => {
  scene = await BrowsingScene.open();
  tree = join(scene.directory.path, 'tree');
  mkdirSync(join(tree, 'docs'), { recursive: true });
  writeFileSync(join(tree, 'docs', 'größe.html'), 'hello, world');
  utimesSync(join(tree, 'docs', 'größe.html'), 1_700_000_000, 1_700_000_000);
  writeFileSync(join(tree, 'empty'), '');
  writeFileSync(join(tree, 'medium'), seededBytes('medium', 3 * MIB));
  makeLargeFile(join(tree, 'large'), 12);
  writeFileSync(join(tree, 'holes'), 'start');
  truncateSync(join(tree, 'holes'), 5 * MIB);
  symlinkSync('docs', join(tree, 'link'));
  writeFileSync(join(tree, 'secret'), '');
  const id = await scene.take(tree, (entry) =>
    entry.path.toString() === 'secret' ? { ...entry, unreadable: true, digest: null } : entry,
  );
  url = `${scene.api.url}/api/v1/snapshots/${id}/content`;
});
afterEach(() => {
  scene.trees.beforeRead = () => undefined;
});
afterAll(() => scene.close());

const file = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Download> =>
  download(`${url}?path=${encodeURIComponent(path)}`, headers, method);
const original = (path: string): Buffer => readFileSync(join(tree, path));
const problem = ({ body }: Download): Problem => JSON.parse(body.toString()) as Problem;

test('a file comes with its name, type, size, time and digest, and runs nothing in a browser', async () => {
  const { status, headers, body } = await file('docs/größe.html');
  expect([status, body.toString()]).toEqual([200, 'hello, world']);
  expect(headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'content-length': '12',
    'content-disposition': `attachment; filename="gr__e.html"; filename*=UTF-8''gr%C3%B6%C3%9Fe.html`,
    'last-modified': 'Tue, 14 Nov 2023 22:13:20 GMT',
    'accept-ranges': 'bytes',
    'x-content-type-options': 'nosniff',
    'content-security-policy': 'sandbox',
    etag: `"${digestOf(Buffer.from('hello, world')).toString('hex')}"`,
  });
});

test.each(['empty', 'medium', 'large', 'holes'])('%s comes byte for byte', async (path) => {
  const { body, isWhole, headers } = await file(path);
  expect([isWhole, body.equals(original(path)), Number(headers['content-length'])]).toEqual([
    true,
    true,
    body.length,
  ]);
});

test.each([
  ['medium', 'bytes=0-9', 0, 10],
  ['medium', 'bytes=1000000-2000000', 1_000_000, 2_000_001],
  ['medium', 'bytes=-7', 3 * MIB - 7, 3 * MIB],
  ['large', 'bytes=5000000-', 5_000_000, 12 * MIB],
  ['large', 'bytes=100-200', 100, 201],
  ['holes', 'bytes=3-4000000', 3, 4_000_001],
])('of %s the range %s comes', async (path, range, start, end) => {
  const { status, headers, body } = await file(path, { range });
  expect([status, headers['content-range']]).toEqual([
    206,
    `bytes ${start}-${end - 1}/${original(path).length}`,
  ]);
  expect(body.equals(original(path).subarray(start, end))).toBe(true);
});

test('a range beyond the end is refused with the size; one of another state gives the whole', async () => {
  const beyond = await file('docs/größe.html', { range: 'bytes=12-' });
  expect([beyond.status, beyond.headers['content-range']]).toEqual([416, 'bytes */12']);
  const { etag } = (await file('docs/größe.html')).headers;
  const range = 'bytes=0-4';
  expect((await file('docs/größe.html', { range, 'if-range': etag! })).status).toBe(206);
  expect((await file('docs/größe.html', { range, 'if-range': '"other"' })).body.toString()).toBe(
    'hello, world',
  );
  const same = await file('docs/größe.html', { 'if-none-match': etag! });
  expect([same.status, same.body.length]).toEqual([304, 0]);
});

test('HEAD tells the same without a byte', async () => {
  const sent = scene.receiver.sentBytes;
  const { status, headers, body } = await file('large', {}, 'HEAD');
  expect([status, body.length, headers['content-length']]).toEqual([200, 0, `${12 * MIB}`]);
  expect(headers.etag).toBe((await file('large', { range: 'bytes=0-0' })).headers.etag);
  const part = await file('large', { range: 'bytes=0-9' }, 'HEAD');
  expect([part.status, part.headers['content-length']]).toEqual([206, '10']);
  expect(scene.receiver.sentBytes - sent).toBeLessThan(MIB);
});

test.each([
  ['nothing', 404, 'holds nothing'],
  ['secret', 422, 'could not read'],
  ['link', 422, 'a symlink, to "docs"'],
])('of %s there is no content: %d, with the reason', async (path, status, reason) => {
  const answer = await file(path);
  expect([answer.status, problem(answer).detail]).toEqual([status, expect.stringContaining(reason)]);
});

test('damage that the vault knows of is a problem, not a file', async () => {
  scene.trees.beforeRead = () => {
    throw new SessionError('DAMAGED', 'It is not there any more.');
  };
  const answer = await file('docs/größe.html');
  expect([answer.status, problem(answer).detail]).toEqual([422, expect.stringContaining('another snapshot')]);
});

test('a flipped bit never comes out as whole: a small file is refused, a large one broken off', async () => {
  const damaged = join(scene.directory.path, 'damaged');
  mkdirSync(damaged);
  writeFileSync(join(damaged, 'small'), 'as it was');
  writeFileSync(join(damaged, 'medium'), seededBytes('m', 3 * MIB));
  makeLargeFile(join(damaged, 'large'), 12);
  const id = await scene.take(damaged);
  for (const name of ['small', 'medium', 'large']) {
    const bytes = readFileSync(join(damaged, name));
    bytes[3]! ^= 1;
    writeFileSync(join(damaged, name), bytes);
  }
  const at = (query: string, headers = {}) =>
    download(`${scene.api.url}/api/v1/snapshots/${id}/content?${query}`, headers);
  expect((await at('path=small')).status).toBe(422);
  expect((await at('path=small', { range: 'bytes=5-6' })).status).toBe(422);
  expect((await at('path=medium', { range: 'bytes=2000000-2000010' })).status).toBe(422);
  expect(await at('path=large')).toMatchObject({ status: 200, isWhole: false });
  expect(await at('path=medium')).toMatchObject({ status: 200, isWhole: false });
  for (const format of ['tar', 'zip']) {
    const archive = await at(`path=medium&path=small&format=${format}`);
    expect([archive.status, archive.isWhole]).toEqual([200, false]);
  }
});

test('who goes away frees the receiver at once', async () => {
  makeLargeFile(join(tree, 'huge'), 64);
  const id = await scene.take(tree);
  const sent = scene.receiver.sentBytes;
  await leaveEarly(`${scene.api.url}/api/v1/snapshots/${id}/content?path=huge`);
  await until(() => scene.receiver.connections === 0, { what: 'the connection to end' });
  expect(scene.receiver.sentBytes - sent).toBeLessThan(60 * MIB);
});

test('however many go away, the next one is served', async () => {
  const large = `${url}?path=large`;
  for (let round = 0; round < 5; round++)
    await Promise.all(Array.from({ length: 8 }, () => leaveEarly(large)));
  expect((await file('empty')).status).toBe(200);
});

test('a receiver that dies half-way breaks the download off', async () => {
  scene.trees.beforeRead = (_path, offset) => {
    if (offset > 48 * MIB) scene.receiver.cut();
  };
  makeLargeFile(join(tree, 'huge'), 64);
  const id = await scene.take(tree);
  expect(await download(`${scene.api.url}/api/v1/snapshots/${id}/content?path=huge`)).toMatchObject({
    status: 200,
    isWhole: false,
  });
});
