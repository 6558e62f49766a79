import { mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
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

describe('npm start --once', () => {
  it('backs a directory up, byte for byte, ends with 0 and leaves no process', async () => {
    const { run, launcher } = await once();
    expect(run).toMatchObject({ state: 'committed', planName: 'docs', trigger: 'manual' });
    expect(differences(describeTree(source), describeTree(folderOf(run)))).toEqual([]);
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
