import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import {
  describeTree,
  differences,
  makeManyFiles,
  temporaryDirectory,
  until,
} from '@periodic-backup/testing';
import { LaunchedStack } from '../support/launched-stack.js';
import { MountedDisk } from '../support/mounted-disk.js';
import {
  manifestsOnDisk,
  snapshotDirectory,
  snapshotsOnDisk,
  stagingOnDisk,
} from '../support/vault-on-disk.js';

const MIB = 1 << 20;

it('a run that finds the disk full says so, harms nothing, and completes by itself once there is room', async () => {
  const folder = await temporaryDirectory();
  const disk = MountedDisk.tmpfs(join(folder.path, 'disk'), 40);
  const [source, target] = [join(folder.path, 'source'), join(disk.directory, 'target')];
  for (const directory of [source, target]) mkdirSync(directory);
  makeManyFiles(source, 100, 1000);
  const stack = await LaunchedStack.start({ source, target, dataDir: join(folder.path, 'data') });
  try {
    const [first] = await stack.runs();
    if (!first) throw new Error('There was no first run.');
    const before = describeTree(snapshotDirectory(target, first));

    writeFileSync(join(disk.directory, 'filler'), Buffer.alloc(25 * MIB));
    makeManyFiles(source, 2000, 12_000, 'grown');
    const runId = await stack.runNow();
    const held = await until(
      async () => {
        const run = await stack.run(runId);
        return run.state === 'waiting' && run.attempts > 0 && run;
      },
      { deadlineMs: 30_000, what: 'the run to wait for another attempt' },
    );
    expect(held.reason).toMatch(/no (space|room)|full/i);
    expect(snapshotsOnDisk(target, first)).toEqual([first.snapshot]);
    expect(differences(before, describeTree(snapshotDirectory(target, first)))).toEqual([]);

    rmSync(join(disk.directory, 'filler'));
    const run = await stack.ended(runId);
    expect(run.state).toBe('committed');
    expect(differences(describeTree(source), describeTree(snapshotDirectory(target, run)))).toEqual([]);
    expect(differences(before, describeTree(snapshotDirectory(target, first)))).toEqual([]);
    expect(manifestsOnDisk(target, run)).toEqual(snapshotsOnDisk(target, run));
    expect(stagingOnDisk(target)).toEqual([]);
  } finally {
    await stack.stop();
    disk.unmount();
    await folder.remove();
  }
});
