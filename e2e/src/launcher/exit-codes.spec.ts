import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import {
  makeLargeFile,
  makeManyFiles,
  temporaryDirectory,
  until,
  type TemporaryDirectory,
} from '@periodic-backup/testing';
import { LauncherProcess, processesOf } from './launcher-process.js';

/** Not even root may read it: the kernel takes only writes. */
const UNREADABLE = '/sys/bus/clockevents/drivers_probe';

let scratch: TemporaryDirectory;
let source: string;
let args: string[];
let data: string;

beforeEach(async () => {
  scratch = await temporaryDirectory();
  [source, data] = [join(scratch.path, 'docs'), join(scratch.path, 'data')];
  mkdirSync(source);
  makeManyFiles(source, 20, 2000);
  args = ['--source', source, '--target', join(scratch.path, 'backups'), '--data', data, '--once'];
});
afterEach(() => scratch.remove());

it('--once ends with 3 when a file could not be read, and names it', async () => {
  const closed = join(source, 'closed');
  writeFileSync(closed, '');
  const mounted = spawnSync('mount', ['--bind', UNREADABLE, closed], { encoding: 'utf8' });
  if (mounted.status !== 0)
    throw new Error(`This test mounts a file over another, which needs root: ${mounted.stderr}`);
  try {
    const launcher = await LauncherProcess.start(...args);
    await launcher.endsWith(3);
    const run = launcher.eventsOf('run')[0]?.run;
    expect(run).toMatchObject({ state: 'partial', counts: { filesFailed: 1 } });
    expect(launcher.words).toContain('closed');
    expect(processesOf(data)).toEqual([]);
  } finally {
    spawnSync('umount', [closed]);
  }
});

it('--once ends with 1 when its run was cancelled', async () => {
  makeLargeFile(join(source, 'large'), 1024);
  const launcher = await LauncherProcess.start(...args);
  const { api } = await launcher.first('started');
  const runId = await until(
    async () => {
      const page = (await (await fetch(`${api}/api/v1/runs`)).json()) as { items: { id: string }[] };
      return page.items[0]?.id;
    },
    { what: 'the run' },
  );
  const cancel = await fetch(`${api}/api/v1/runs/${runId}/cancel`, { method: 'POST' });
  expect(cancel.status).toBe(202);
  await launcher.endsWith(1);
  expect(launcher.eventsOf('run')[0]?.run).toMatchObject({ state: 'cancelled', snapshot: null });
  expect(processesOf(data)).toEqual([]);
});
