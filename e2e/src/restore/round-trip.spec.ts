import { execFileSync } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { temporaryDirectory, type TemporaryDirectory } from '@periodic-backup/testing';
import { makeEverything } from '../support/everything-tree.js';
import { LaunchedStack } from '../support/launched-stack.js';

let folder: TemporaryDirectory;
let source: string;
let stack: LaunchedStack;

beforeAll(async () => {
  folder = await temporaryDirectory();
  source = join(folder.path, 'source');
  mkdirSync(source);
  makeEverything(source);
  stack = await LaunchedStack.start({
    source,
    target: join(folder.path, 'target'),
    dataDir: join(folder.path, 'data'),
    args: ['--restore-dir', join(folder.path, 'restored')],
  });
});

afterAll(async () => {
  await stack.stop();
  await folder.remove();
});

/** What rsync would change to make `copy` as `original`: the judge that shares no code with us. */
function rsyncDifferences(original: string, copy: string): string {
  const args = ['-aHXn', '--checksum', '--itemize-changes', '--delete', `${original}/`, `${copy}/`];
  return execFileSync(process.env['RSYNC_BIN'] ?? 'rsync', args, { encoding: 'latin1' });
}

it('gives a tree with one of everything back so that rsync finds no difference', async () => {
  const destination = join(folder.path, 'restored', 'whole');
  const run = await stack.restore({ destination });
  expect([run.state, run.reason, run.counts.filesFailed]).toEqual(['committed', null, 0]);
  expect(rsyncDifferences(source, destination)).toBe('');
  const [sparse, original] = [destination, source].map((root) => statSync(join(root, 'plain/sparse.img')));
  expect(sparse?.blocks).toBeLessThanOrEqual((original?.blocks ?? 0) + 64);
});

it('says the same in a dry run and writes nothing', async () => {
  const destination = join(folder.path, 'restored', 'dry');
  const run = await stack.restore({ destination, dryRun: true });
  expect(run.state).toBe('committed');
  expect(run.taskResult).toMatchObject({ kind: 'restore', overwritten: 0, skipped: 0 });
  expect(() => statSync(destination)).toThrow('ENOENT');
});

it('restores chosen paths only', async () => {
  const destination = join(folder.path, 'restored', 'chosen');
  const run = await stack.restore({ destination, paths: ['plain/deep'] });
  expect(run.state).toBe('committed');
  // The third name of an inode whose first one was not chosen is a file of its own.
  const differences = rsyncDifferences(join(source, 'plain/deep'), join(destination, 'plain/deep'));
  expect(differences).toBe('');
});

it('does not write outside the directories that its machine allows', async () => {
  const run = await stack.restore({ destination: '/etc/pbk-never' });
  expect(run.state).toBe('failed');
  expect(run.reason).toContain('/etc/pbk-never');
});
