import { execFileSync } from 'node:child_process';
import {
  linkSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Problem } from '@periodic-backup/contracts';
import { makeLargeFile, makeManyFiles } from '@periodic-backup/testing';
import { BrowsingScene } from './browsing-scene.js';
import { download, type Download } from './download.js';

const BYTES = Buffer.from([0x6e, 0xff, 0x0a, 0x6e]);

let scene: BrowsingScene;
let tree: string;
let url: string;
beforeAll(async () => {
  scene = await BrowsingScene.open();
  tree = join(scene.directory.path, 'tree');
  const docs = join(tree, 'docs');
  mkdirSync(join(docs, 'deep'), { recursive: true });
  makeManyFiles(join(docs, 'many'), 250, 3000);
  makeLargeFile(join(docs, 'large'), 3);
  writeFileSync(join(docs, 'a'), 'first name', { mode: 0o640 });
  linkSync(join(docs, 'a'), join(docs, 'deep', 'second'));
  linkSync(join(docs, 'deep', 'second'), join(docs, 'deep', 'third'));
  writeFileSync(Buffer.concat([Buffer.from(`${docs}/`), BYTES]), 'bytes');
  mkdirSync(join(docs, 'x'.repeat(200)));
  writeFileSync(join(docs, 'x'.repeat(200), 'y'.repeat(200)), 'long');
  writeFileSync(join(docs, 'empty'), '');
  symlinkSync('../a', join(docs, 'deep', 'link'));
  execFileSync('mkfifo', [join(docs, 'pipe')]);
  writeFileSync(join(docs, 'secret'), '');
  linkSync(join(docs, 'secret'), join(docs, 'secret too'));
  // tar keeps whole seconds.
  for (const path of execFileSync('find', [tree, '-depth', '-not', '-type', 'l', '-print0'], {
    encoding: 'latin1',
  }).split('\0'))
    if (path !== '') utimesSync(Buffer.from(path, 'latin1'), 1_700_000_000, 1_700_000_000);
  const id = await scene.take(tree, (entry) =>
    entry.path.toString() === 'docs/secret' ? { ...entry, unreadable: true, digest: null } : entry,
  );
  url = `${scene.api.url}/api/v1/snapshots/${id}/content`;
});
afterAll(() => scene.close());

/** Unpacks an archive into a new directory. */
function unpacked({ status, body, isWhole }: Download, name: string): string {
  expect([status, isWhole]).toEqual([200, true]);
  const target = join(scene.directory.path, name);
  mkdirSync(target);
  writeFileSync(`${target}.archive`, body);
  if (name.startsWith('zip'))
    execFileSync('unzip', ['-q', `${target}.archive`, '-d', target], {
      stdio: 'pipe',
      // Without a locale unzip writes names beyond ASCII in its own way.
      env: { ...process.env, LC_ALL: 'C.UTF-8' },
    });
  else execFileSync('tar', ['-xpf', `${target}.archive`, '-C', target], { stdio: 'pipe' });
  return target;
}

/** What rsync would change to make one like the other: nothing if they are the same, links and metadata included. */
function differences(a: string, b: string, ...options: string[]): string {
  const args = ['-aHn', '--checksum', '--itemize-changes', '--delete', ...options, `${a}/`, `${b}/`];
  return execFileSync('rsync', args).toString();
}

test('tar of a directory unpacks to what was backed up: content, owners, modes, times, links, names', async () => {
  const answer = await download(`${url}?path=docs`);
  expect(answer.headers).toMatchObject({
    'content-type': 'application/x-tar',
    'content-disposition': 'attachment; filename="docs.tar"',
  });
  const target = unpacked(answer, 'tar');
  const kept = ['--exclude=/docs/secret', '--exclude=/docs/secret too'];
  expect(differences(tree, target, ...kept, '--omit-dir-times', '--omit-link-times')).toMatch(
    /^(\.d\S* \.\/\n)?$/,
  );
  const names = readdirSync(join(target, 'docs'), { encoding: 'buffer' });
  expect(names.some((name) => name.equals(BYTES))).toBe(true);
  expect(names.map(String)).not.toContain('secret');
});

test('tar of the whole snapshot lies in a directory named after it', async () => {
  const answer = await download(url);
  expect(answer.headers['content-disposition']).toBe(
    'attachment; filename="documents-2026-11-01T110500Z.tar"',
  );
  const target = unpacked(answer, 'tar-whole');
  expect(readdirSync(target)).toEqual(['documents-2026-11-01T110500Z']);
});

test('several paths keep the way they lie to each other; what lies below another is not doubled', async () => {
  const query = 'path=docs/deep/third&path=docs/many&path=docs/many/d0000/f1&path=docs/empty&format=tar';
  const target = unpacked(await download(`${url}?${query}`), 'tar-several');
  expect(readdirSync(target).sort()).toEqual(['deep', 'empty', 'many']);
  // Its first name is not among the chosen: the content comes with this one.
  expect(readFileSync(join(target, 'deep', 'third'), 'utf8')).toBe('first name');
});

test('zip of a directory unpacks to the same files, names that are no UTF-8 made readable', async () => {
  const answer = await download(`${url}?path=docs&format=zip`);
  expect(answer.headers['content-type']).toBe('application/zip');
  const target = unpacked(answer, 'zip');
  const docs = join(target, 'docs');
  expect(readFileSync(join(docs, 'large')).equals(readFileSync(join(tree, 'docs', 'large')))).toBe(true);
  for (const name of ['a', 'deep/second', 'deep/third'])
    expect(readFileSync(join(docs, name), 'utf8')).toBe('first name');
  const odd = readdirSync(docs).filter((name) => name.includes('\uFFFD'));
  // unzip leaves line feeds out of names.
  expect(odd).toEqual([expect.stringMatching(/^n\uFFFDn~[0-9a-f]{8}$/)]);
  expect(
    differences(
      join(tree, 'docs', 'many'),
      join(docs, 'many'),
      '--omit-dir-times',
      '--no-owner',
      '--no-group',
    ),
  ).toMatch(/^(\.d\S* \S+\n)*$/);
});

test('HEAD of an archive says what would come', async () => {
  const { status, headers, body } = await download(`${url}?path=docs&format=zip`, {}, 'HEAD');
  expect([status, headers['content-type'], body.length]).toEqual([200, 'application/zip', 0]);
});

test('a path that is not there is named', async () => {
  const answer = await download(`${url}?path=docs&path=nothing`);
  const { detail } = JSON.parse(answer.body.toString()) as Problem;
  expect([answer.status, detail]).toEqual([404, expect.stringContaining('"nothing"')]);
});
