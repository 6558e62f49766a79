import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Run } from '@periodic-backup/contracts';
import {
  freePort,
  makeLargeFile,
  temporaryDirectory,
  until,
  type TemporaryDirectory,
} from '@periodic-backup/testing';
import { startFurtherReceiver } from '../support/further-receiver.js';
import type { ServiceProcess } from '../support/service-process.js';
import { LaunchedStack } from '../support/launched-stack.js';

const MIB = 1 << 20;

let folder: TemporaryDirectory;
let source: string;
let stack: LaunchedStack;
let second: ServiceProcess;

beforeAll(async () => {
  folder = await temporaryDirectory();
  source = join(folder.path, 'source');
  const target = join(folder.path, 'target');
  for (const directory of [source, target]) mkdirSync(directory);
  stack = await LaunchedStack.start({ source, target, dataDir: join(folder.path, 'data') });
  second = await startFurtherReceiver(stack, target, {
    ...{ RECEIVER_ID: 'second', RECEIVER_PORT: String(await freePort()) },
  });
  await until(async () => (await stack.receivers()).length === 2, { what: 'both receivers' });
  await stack.patch(`plans/${(await stack.plan()).id}`, { bandwidth: { bytesPerSecond: 2 * MIB } });
});

afterAll(async () => {
  await second?.stop();
  await stack?.stop();
  await folder?.remove();
});

/** Starts a run that lasts some seconds and resolves once it is with a receiver. */
async function longRun(version: string): Promise<Run & { receiverId: string }> {
  makeLargeFile(join(source, 'large.bin'), 12, version);
  const runId = await stack.runNow();
  return until(
    async () => {
      const run = await stack.run(runId);
      return run.state === 'running' && run.receiverId !== null && { ...run, receiverId: run.receiverId };
    },
    { what: 'the run to be with a receiver' },
  );
}

it('a run goes on at a receiver that is drained meanwhile, the next one goes to the other', async () => {
  const run = await longRun('v1');
  await stack.patch(`receivers/${run.receiverId}`, { draining: true });
  await until(
    async () => (await stack.receivers()).find((one) => one.receiverId === run.receiverId)?.draining,
    { what: 'the receiver to say that it drains' },
  );
  expect((await stack.run(run.id)).state).toBe('running');
  const ended = await stack.ended(run.id);
  expect(ended).toMatchObject({ state: 'committed', receiverId: run.receiverId, attempts: 1 });

  const next = await longRun('v2');
  expect(next.receiverId).not.toBe(run.receiverId);
  expect(await stack.ended(next.id)).toMatchObject({ state: 'committed', attempts: 1 });

  // Undone, and the other way round.
  await stack.patch(`receivers/${run.receiverId}`, { draining: false });
  await stack.patch(`receivers/${next.receiverId}`, { draining: true });
  await until(
    async () => {
      const receivers = await stack.receivers();
      return receivers.every(({ receiverId, draining }) => draining === (receiverId === next.receiverId));
    },
    { what: 'the receivers to have changed places' },
  );
  const last = await longRun('v3');
  expect(last.receiverId).toBe(run.receiverId);
  expect(await stack.ended(last.id)).toMatchObject({ state: 'committed', attempts: 1 });
});
