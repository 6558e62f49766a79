import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import {
  describeTree,
  differences,
  freePort,
  makeLargeFile,
  temporaryDirectory,
  until,
  type TemporaryDirectory,
} from '@periodic-backup/testing';
import { startFurtherReceiver } from '../support/further-receiver.js';
import type { ServiceProcess } from '../support/service-process.js';
import { LaunchedStack } from '../support/launched-stack.js';
import { RoundRobinBalancer } from '../support/round-robin-balancer.js';
import { snapshotDirectory, stagingOnDisk } from '../support/vault-on-disk.js';

const FILE_MIB = 24;
const MIB = 1 << 20;

let folder: TemporaryDirectory;
let source: string;
let target: string;
let balancer: RoundRobinBalancer;
let stack: LaunchedStack;
let second: ServiceProcess;

beforeAll(async () => {
  folder = await temporaryDirectory();
  [source, target] = [join(folder.path, 'source'), join(folder.path, 'target')];
  for (const directory of [source, target]) mkdirSync(directory);
  const ports = [await freePort(), await freePort()] as const;
  balancer = await RoundRobinBalancer.open(ports);
  const advertised = { ADVERTISED_HOST: '127.0.0.1', ADVERTISED_PORT: String(balancer.port) };
  stack = await LaunchedStack.start({
    ...{ source, target, dataDir: join(folder.path, 'data'), receiverPort: ports[0], env: advertised },
  });
  second = await startFurtherReceiver(stack, target, {
    RECEIVER_ID: 'second',
    RECEIVER_PORT: String(ports[1]),
    ...advertised,
  });
  // Slow enough to be interrupted in the middle, whatever the machine.
  await stack.patch(`plans/${(await stack.plan()).id}`, { bandwidth: { bytesPerSecond: 6 * MIB } });
});

afterAll(async () => {
  await second?.stop();
  await stack?.stop();
  await balancer?.close();
  await folder?.remove();
});

it('a run whose receiver is killed behind the one address of all ends on another, nothing sent twice', async () => {
  makeLargeFile(join(source, 'large.bin'), FILE_MIB, 'v1');
  balancer.resetCounts();
  const runId = await stack.runNow();
  await until(() => balancer.bytesFromClients > (FILE_MIB * MIB) / 3, {
    ...{ deadlineMs: 60_000, what: 'a third of the bytes' },
  });
  const [first = 0, other = 0] = balancer.bytesByBackend;
  if (first > other) stack.kill('receiver');
  else second.kill();

  const run = await stack.ended(runId);
  expect(run).toMatchObject({ state: 'committed', error: null });
  expect(differences(describeTree(source), describeTree(snapshotDirectory(target, run)))).toEqual([]);
  expect(stagingOnDisk(target)).toEqual([]);
  expect(balancer.bytesFromClients).toBeLessThan(FILE_MIB * MIB * 1.1);
  expect(Math.min(...balancer.bytesByBackend)).toBeGreaterThan(0);
});
