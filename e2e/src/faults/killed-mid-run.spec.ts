import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Run } from '@periodic-backup/contracts';
import {
  ChaosProxy,
  describeTree,
  differences,
  freePort,
  makeLargeFile,
  makeManyFiles,
  temporaryDirectory,
  until,
  type TemporaryDirectory,
} from '@periodic-backup/testing';
import { Redis } from 'ioredis';
import { LaunchedStack, type Victim } from '../support/launched-stack.js';
import {
  manifestsOnDisk,
  snapshotDirectory,
  snapshotsOnDisk,
  stagingOnDisk,
} from '../support/vault-on-disk.js';

const VICTIMS: readonly Victim[] = [
  'receiver',
  'sender-agent',
  'scheduler',
  'admin-api',
  'redis',
  'postgres',
];
const MANY = { files: 5000, sizeBytes: 10_000 };
const LARGE_MIB = 48;

/** Slow enough that a run lasts some seconds, whatever the machine. */
const BYTES_PER_SECOND = 16 << 20;

describe.each([
  {
    data: 'many small files',
    neededBytes: MANY.files * MANY.sizeBytes,
    change: (source: string, version: string) => makeManyFiles(source, MANY.files, MANY.sizeBytes, version),
  },
  {
    data: 'one large file',
    neededBytes: LARGE_MIB << 20,
    change: (source: string, version: string) => makeLargeFile(join(source, 'large.bin'), LARGE_MIB, version),
  },
])('with $data', ({ neededBytes, change }) => {
  let folder: TemporaryDirectory;
  let source: string;
  let target: string;
  let proxy: ChaosProxy;
  let stack: LaunchedStack;

  beforeAll(async () => {
    folder = await temporaryDirectory();
    source = join(folder.path, 'source');
    target = join(folder.path, 'target');
    for (const directory of [source, target]) mkdirSync(directory);
    const receiverPort = await freePort();
    proxy = await ChaosProxy.open(receiverPort, { bytesPerSecond: BYTES_PER_SECOND });
    stack = await LaunchedStack.start({
      source,
      target,
      dataDir: join(folder.path, 'data'),
      receiverPort,
      env: { ADVERTISED_HOST: '127.0.0.1', ADVERTISED_PORT: String(proxy.port) },
    });
  });

  afterAll(async () => {
    await stack?.stop();
    await proxy?.close();
    await folder?.remove();
  });

  /** Changes every byte of the source, starts a run and resolves once a third of it has crossed the wire. */
  async function runToItsMiddle(version: string): Promise<string> {
    change(source, version);
    proxy.bytesFromClients = 0;
    const runId = await stack.runNow();
    await until(() => proxy.bytesFromClients > neededBytes / 3, {
      deadlineMs: 60_000,
      what: 'a third of the bytes',
    });
    return runId;
  }

  function expectEverythingSafe(run: Run, before: Map<string, string>, previous: Run): void {
    expect(run).toMatchObject({ state: 'committed', error: null });
    const expected = describeTree(source);
    expect(differences(expected, describeTree(snapshotDirectory(target, run)))).toEqual([]); // I1, I2
    expect(differences(before, describeTree(snapshotDirectory(target, previous)))).toEqual([]); // I4
    expect(manifestsOnDisk(target, run)).toEqual(snapshotsOnDisk(target, run)); // I2
    expect(stagingOnDisk(target)).toEqual([]); // I6
    expect(proxy.bytesFromClients).toBeLessThan(neededBytes * 1.1); // I7
  }

  async function lastCommitted(): Promise<Run> {
    const run = (await stack.runs()).find((one) => one.state === 'committed');
    if (!run) throw new Error('No run was committed yet.');
    return run;
  }

  it.each(VICTIMS)(
    'a run whose %s is killed in its middle ends well, and nothing is sent twice',
    async (victim) => {
      const previous = await lastCommitted();
      const before = describeTree(snapshotDirectory(target, previous));
      const runId = await runToItsMiddle(`killed-${victim}`);
      stack.kill(victim);
      expectEverythingSafe(await stack.ended(runId), before, previous);
    },
    180_000,
  );

  it('a run during which Redis loses everything ends well, and the plan stays scheduled', async () => {
    const previous = await lastCommitted();
    const before = describeTree(snapshotDirectory(target, previous));
    const runId = await runToItsMiddle('flushed');
    const redis = new Redis(stack.redisUrl());
    await redis.flushall();
    expectEverythingSafe(await stack.ended(runId), before, previous);
    await until(async () => (await redis.keys('pbk:{ticks}:*repeat*')).length > 0, {
      deadlineMs: 60_000,
      what: 'the schedule to be back in Redis',
    });
    redis.disconnect();
  });
});

describe('the launcher', () => {
  it('stopped by Ctrl-C in the middle of a run leaves no process, and the next start continues what was staged', async () => {
    const folder = await temporaryDirectory();
    const [source, target, dataDir] = ['source', 'target', 'data'].map((name) => join(folder.path, name)) as [
      string,
      string,
      string,
    ];
    for (const directory of [source, target]) mkdirSync(directory);
    const receiverPort = await freePort();
    const proxy = await ChaosProxy.open(receiverPort, { bytesPerSecond: BYTES_PER_SECOND });
    const env = { ADVERTISED_HOST: '127.0.0.1', ADVERTISED_PORT: String(proxy.port) };
    const first = await LaunchedStack.start({ source, target, dataDir, receiverPort, env });
    makeManyFiles(source, MANY.files, MANY.sizeBytes);
    await first.runNow();
    await until(() => proxy.bytesFromClients > 10 << 20, { deadlineMs: 30_000, what: 'ten mebibytes' });
    expect(await first.stop('SIGINT')).toBe(0);
    expect(first.leftOver()).toEqual([]);

    const second = await LaunchedStack.start({ source, target, dataDir, receiverPort, env });
    const runs = await second.runs();
    const last = runs.find((run) => run.state === 'committed') as Run;
    expect(differences(describeTree(source), describeTree(snapshotDirectory(target, last)))).toEqual([]);
    expect(stagingOnDisk(target)).toEqual([]);
    expect(proxy.bytesFromClients).toBeLessThan(MANY.files * MANY.sizeBytes * 1.1);
    expect(await second.stop()).toBe(0);
    expect(second.leftOver()).toEqual([]);
    await proxy.close();
    await folder.remove();
    rmSync(dataDir, { recursive: true, force: true });
  });
});
