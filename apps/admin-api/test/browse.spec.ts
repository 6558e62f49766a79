import { linkSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EntryView, Problem } from '@periodic-backup/contracts';
import { SessionError } from '@periodic-backup/protocol';
import { until } from '@periodic-backup/testing';
import { BrowsingScene } from './browsing-scene.js';

interface Page<T> {
  readonly items: T[];
  readonly nextCursor: string | null;
}

let scene: BrowsingScene;
let tree: string;
let snapshot: string;
beforeAll(async () => {
  scene = await BrowsingScene.open();
  tree = join(scene.directory.path, 'tree');
  mkdirSync(join(tree, 'docs', 'deep'), { recursive: true });
  mkdirSync(join(tree, 'many'));
  for (const [index, name] of ['c', 'a', 'b'].entries()) {
    writeFileSync(join(tree, 'docs', name), 'x'.repeat(10 + index));
    utimesSync(join(tree, 'docs', name), 1000 + index, 2000 - index);
  }
  writeFileSync(join(tree, 'docs', 'deep', 'hidden'), '');
  writeFileSync(Buffer.concat([Buffer.from(join(tree, 'docs/')), Buffer.from([0xff])]), 'bytes');
  symlinkSync('a', join(tree, 'docs', 'link'));
  linkSync(join(tree, 'docs', 'a'), join(tree, 'docs', 'second name'));
  for (let i = 0; i < 10_001; i++) writeFileSync(join(tree, 'many', `f${i}`), '');
  snapshot = await scene.take(tree);
});
afterAll(() => scene.close());

const list = (query: string, id = snapshot) =>
  scene.api.call<Page<EntryView> & Problem>('GET', `/api/v1/snapshots/${id}/entries?${query}`);
const names = async (query: string): Promise<string[]> =>
  (await list(query)).body.items.map(({ name }) => name);

test('a directory is listed in the order of names, without what lies deeper', async () => {
  expect(await names('')).toEqual(['docs', 'many']);
  const { body } = await list('path=/docs/');
  expect(body.items.map(({ path }) => path)).toEqual(
    ['a', 'b', 'c', 'deep', 'link', 'second name', '\uFFFD'].map((name) => `docs/${name}`),
  );
  expect(body.nextCursor).toBeNull();
  expect(body.items[0]).toMatchObject({
    ...{
      kind: 'file',
      sizeBytes: 11,
      mtime: '1970-01-01T00:33:19.000Z',
      mtimeNs: '1999000000000',
      mode: 0o644,
    },
    ...{
      user: 'root',
      target: null,
      problem: null,
      digest: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    },
  });
  expect(body.items[4]).toMatchObject({ kind: 'symlink', target: 'a', sizeBytes: null, digest: null });
  expect(body.items[5]).toMatchObject({ kind: 'hardlink', target: 'docs/a', sizeBytes: null });
  expect(Buffer.from(body.items[6]!.pathBytes, 'base64').at(-1)).toBe(0xff);
});

test('a path may be given as bytes', async () => {
  expect(await names(`pathBytes=${Buffer.from('docs/deep').toString('base64url')}`)).toEqual(['hidden']);
});

test.each(['name', 'size', 'mtime'])('pages by %s hold each entry once, in both directions', async (sort) => {
  const walk = async (order: string): Promise<string[]> => {
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const query = `path=docs&limit=2&sort=${sort}&order=${order}${cursor && `&cursor=${cursor}`}`;
      const { body }: { body: Page<EntryView> } = await list(query);
      seen.push(...body.items.map(({ name }) => name));
      cursor = body.nextCursor;
    }
    return seen;
  };
  const order = {
    name: ['a', 'b', 'c', 'deep', 'link', 'second name', '\uFFFD'],
    size: ['deep', 'link', 'second name', '\uFFFD', 'c', 'a', 'b'],
    mtime: ['b', 'a', 'second name', 'c', 'deep', '\uFFFD', 'link'],
  }[sort]!;
  expect((await walk('asc')).filter((name) => 'abc'.includes(name))).toEqual(
    order.filter((name) => 'abc'.includes(name)),
  );
  expect(new Set(await walk('asc'))).toEqual(new Set(order));
  expect((await walk('desc')).filter((name) => 'abc'.includes(name))).toEqual(
    order.filter((name) => 'abc'.includes(name)).reverse(),
  );
  expect(await walk('desc')).toHaveLength(7);
});

test('a large directory comes page by page by name; in another order it is refused with a reason', async () => {
  const first = await list('path=many&limit=1000');
  expect(first.body.items).toHaveLength(1000);
  const second = await list(`path=many&limit=1000&cursor=${first.body.nextCursor}`);
  expect(second.body.items[0]!.name > first.body.items.at(-1)!.name).toBe(true);
  const refused = await list('path=many&sort=size');
  expect([refused.status, refused.body.errors![0]!.path]).toEqual([422, 'sort']);
  expect(refused.body.detail).toContain('10000');
});

test.each([
  ['path=nothing', 404],
  ['path=docs/a', 404],
  ['path=docs/../docs', 400],
  ['path=docs&pathBytes=ZG9jcw', 400],
  ['pathBytes=!', 400],
  ['sort=colour', 400],
  ['cursor=nonsense', 400],
  [`path=docs&cursor=name-asc.${Buffer.from('many/f1').toString('base64url')}`, 400],
])('a list with %s is refused with %d', async (query, status) => {
  const answer = await list(query);
  expect([answer.status, answer.type.split(';')[0]]).toEqual([status, 'application/problem+json']);
});

test('whoever clicks on pays no second handshake nor opening', async () => {
  await list('path=docs');
  const [sessions, opened] = [scene.claims.length, scene.trees.opened.length];
  for (const path of ['docs', 'docs/deep', '', 'nothing', 'docs']) await list(`path=${path}`);
  expect([scene.claims.length, scene.trees.opened.length]).toEqual([sessions, opened]);
});

test('of many at once few connections are kept', async () => {
  const answers = await Promise.all(Array.from({ length: 10 }, () => list('path=docs/deep')));
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
  await until(() => scene.receiver.connections <= 2, { what: 'the others to be closed' });
});

test('a connection that died while it was idle is replaced without a word', async () => {
  await list('path=docs');
  scene.receiver.cut();
  expect((await list('path=docs')).status).toBe(200);
});

test('the ticket is for this plan of this vault, to read, for a short time', async () => {
  scene.receiver.cut();
  await list('path=docs');
  const { nbf, exp, ...claims } = scene.claims.at(-1)!;
  expect(claims).toMatchObject({
    ...{ verb: 'read', agentFolder: 'laptop', planFolder: 'documents' },
    ...{ runId: null, agentId: null, snapshot: null },
  });
  expect(exp - nbf).toBe(300);
});

test('a snapshot whose manifest is not the one that was committed is not shown', async () => {
  const other = await scene.record({
    manifest_digest: `'${'00'.repeat(32)}'`,
    snapshot: "'2026-11-01T110500Z'",
  });
  const answer = await list('', other);
  expect([answer.status, answer.body.detail]).toEqual([422, expect.stringContaining('another manifest')]);
});

test('a damaged or lost snapshot says so', async () => {
  const lost = await scene.record({ snapshot: "'2025-01-01T000000Z'" });
  expect((await list('', lost)).status).toBe(404);
  scene.trees.beforeOpen = () => {
    throw new SessionError('DAMAGED', 'The manifest is not as it was.');
  };
  scene.receiver.cut();
  const damaged = await list('');
  scene.trees.beforeOpen = () => undefined;
  expect([damaged.status, damaged.body.detail]).toEqual([422, 'The manifest is not as it was.']);
});

test('without a receiver of the vault, or with one of another key, nothing can be read now', async () => {
  scene.receiver.cut();
  await scene.api.connection.ledger.execute(
    "insert into vaults (id, name, layout, public_key) values ('7e57ab1e-0000-4000-8000-000000000001', 'cellar', 'folders', 'another')",
  );
  const stranger = await list('');
  expect([stranger.status, stranger.body.detail]).toEqual([
    503,
    expect.stringContaining('"cellar" is online'),
  ]);
  await scene.api.connection.ledger.execute('truncate vaults');
  await scene.api.redis.flushall();
  expect((await list('')).status).toBe(503);
  await scene.announce();
  expect((await list('')).status).toBe(200);
});
