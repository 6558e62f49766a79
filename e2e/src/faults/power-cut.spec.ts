import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import {
  ChaosProxy,
  describeTree,
  differences,
  freePort,
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

it('acknowledged snapshots survive a power cut of the vault, and a run cut in its middle completes later', async () => {
  const folder = await temporaryDirectory();
  const disk = MountedDisk.ext4(join(folder.path, 'disk'), join(folder.path, 'disk.img'), 400);
  const [source, target, dataDir] = [
    join(folder.path, 'source'),
    join(disk.directory, 'target'),
    join(folder.path, 'data'),
  ];
  for (const directory of [source, target]) mkdirSync(directory);
  const receiverPort = await freePort();
  const proxy = await ChaosProxy.open(receiverPort);
  const launch = (): Promise<LaunchedStack> =>
    LaunchedStack.start({
      source,
      target,
      dataDir,
      receiverPort,
      env: { ADVERTISED_HOST: '127.0.0.1', ADVERTISED_PORT: String(proxy.port) },
    });
  let stack = await launch();
  try {
    makeManyFiles(source, 2000, 10_000, 'acknowledged');
    const acknowledged = await stack.ended(await stack.runNow());
    disk.cutPower(); // the instant after the receipt
    expect(acknowledged.state).toBe('committed');
    await stack.stop();
    disk.restorePower();
    const held = describeTree(source);
    expect(differences(held, describeTree(snapshotDirectory(target, acknowledged)))).toEqual([]);
    expect(manifestsOnDisk(target, acknowledged)).toEqual(snapshotsOnDisk(target, acknowledged));

    stack = await launch();
    makeManyFiles(source, 3000, 10_000, 'cut in its middle');
    proxy.fault.bytesPerSecond = 10 << 20;
    proxy.bytesFromClients = 0;
    await stack.runNow();
    await until(() => proxy.bytesFromClients > 10 << 20, { deadlineMs: 30_000, what: 'ten mebibytes' });
    disk.cutPower();
    await stack.stop();
    disk.restorePower();
    delete proxy.fault.bytesPerSecond;
    stack = await launch();
    const [last] = (await stack.runs()).filter((run) => run.state === 'committed');
    if (!last) throw new Error('No run was committed after the power cut.');
    expect(differences(describeTree(source), describeTree(snapshotDirectory(target, last)))).toEqual([]);
    expect(differences(held, describeTree(snapshotDirectory(target, acknowledged)))).toEqual([]);
    expect(manifestsOnDisk(target, last)).toEqual(snapshotsOnDisk(target, last));
    expect(stagingOnDisk(target)).toEqual([]);
  } finally {
    await stack.stop();
    await proxy.close();
    disk.unmount();
    await folder.remove();
  }
});
