import { mkdirSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Run } from '@periodic-backup/contracts';
import {
  describeTree,
  differences,
  makeManyFiles,
  temporaryDirectory,
  type TemporaryDirectory,
} from '@periodic-backup/testing';
import { LauncherProcess, processesOf } from './launcher-process.js';

let scratch: TemporaryDirectory;
let source: string;
let target: string;
let data: string;

beforeEach(async () => {
  scratch = await temporaryDirectory();
  [source, target, data] = ['docs', 'backups', 'data'].map((name) => join(scratch.path, name)) as [
    string,
    string,
    string,
  ];
  mkdirSync(source);
  makeManyFiles(source, 300, 3000);
  mkdirSync(join(source, 'empty'));
  symlinkSync('nowhere', join(source, 'dangling'));
});
afterEach(() => scratch.remove());

async function once(...args: string[]): Promise<{ run: Run | undefined; launcher: LauncherProcess }> {
  const launcher = await LauncherProcess.start(
    '--source',
    source,
    '--target',
    target,
    '--data',
    data,
    '--once',
    ...args,
  );
  await launcher.endsWith(0);
  return { run: launcher.eventsOf('run')[0]?.run, launcher };
}

const folderOf = (run: Run | undefined): string =>
  join(target, run?.agentId ?? '', run?.planName ?? '', run?.snapshot ?? '');

/** Secrets of this instance that stand in a log, or in Redis, where jobs are. */
function secretsShown(dataDir: string): string[] {
  const textOf = (file: string): string => readFileSync(file, 'latin1');
  const below = (name: string): string[] =>
    readdirSync(join(dataDir, name), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  const keys = [...below('keys'), ...below('credentials')].filter((file) =>
    /key[^/]*\.pem$|private/.test(file),
  );
  const { redisPassword, postgresPassword } = JSON.parse(textOf(join(dataDir, 'launcher.json'))) as Record<
    string,
    string
  >;
  const users = below('credentials').flatMap((file) => /:([0-9a-f]{64})@/.exec(textOf(file))?.[1] ?? []);
  const secrets = [
    ...[redisPassword, postgresPassword, ...users],
    // One line of each key: a log would break the others.
    ...keys.map((file) => textOf(file).split('\n')[1]),
  ].filter((secret) => secret !== undefined);
  expect(secrets.length).toBeGreaterThanOrEqual(8);
  // Its own configuration holds passwords: a file for its owner alone.
  const shown = [...below('logs'), ...below('redis').filter((file) => !file.endsWith('.conf'))];
  expect(shown.length).toBeGreaterThan(4);
  return shown.flatMap((file) => secrets.filter((secret) => textOf(file).includes(secret)).map(() => file));
}

describe('npm start --once', () => {
  it('backs a directory up, byte for byte, ends with 0 and leaves no process', async () => {
    const { run, launcher } = await once();
    expect(run).toMatchObject({ state: 'committed', planName: 'docs', trigger: 'manual' });
    expect(differences(describeTree(source), describeTree(folderOf(run)))).toEqual([]);
    expect(secretsShown(data)).toEqual([]);
    expect(launcher.events.map((event) => event.type).filter((type) => type !== 'progress')).toEqual([
      'started',
      'run',
      'stopped',
    ]);
    expect(processesOf(data)).toEqual([]);
  });

  it('finds its plan again at the next start: one plan, a second snapshot, unchanged files stored once', async () => {
    const first = await once('--every', '1d');
    writeFileSync(join(source, 'new'), 'new');
    const second = await once();
    expect(second.launcher.eventsOf('started')[0]?.plans).toEqual([
      expect.objectContaining({ name: 'docs', schedule: { kind: 'every', everySeconds: 86_400 } }),
    ]);
    expect(second.run?.receipt?.counts).toMatchObject({ files: 301, storedFiles: 1, linkedFiles: 300 });
    expect(differences(describeTree(source), describeTree(folderOf(second.run)))).toEqual([]);
    const inode = (run: Run | undefined): number => statSync(join(folderOf(run), 'd0000', 'f1')).ino;
    expect(inode(second.run)).toBe(inode(first.run));
    const snapshots = readdirSync(join(folderOf(second.run), '..')).filter((name) => name !== 'latest');
    expect(snapshots).toHaveLength(2);
  });

  it('gives two sources of one base name a plan each', async () => {
    const other = join(scratch.path, 'other', 'docs');
    mkdirSync(other, { recursive: true });
    writeFileSync(join(other, 'only'), 'here');
    const { launcher } = await once('--source', other);
    const names = launcher.eventsOf('run').map(({ run }) => run.planName);
    expect(names.sort()).toEqual(['docs', 'docs-2']);
  });
});
