import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  describeTree,
  differences,
  makeManyFiles,
  temporaryDirectory,
  until,
  type TemporaryDirectory,
} from '@periodic-backup/testing';
import { LauncherProcess, processesOf } from './launcher-process.js';

let scratch: TemporaryDirectory;
let source: string;
let args: string[];
let data: string;
let launcher: LauncherProcess;

beforeEach(async () => {
  scratch = await temporaryDirectory();
  [source, data] = [join(scratch.path, 'docs'), join(scratch.path, 'data')];
  mkdirSync(source);
  makeManyFiles(source, 200, 2000);
  args = ['--source', source, '--target', join(scratch.path, 'backups'), '--data', data];
});
afterEach(async () => {
  await launcher.end();
  await scratch.remove();
});

/** A whole start; its snapshot holds the source, and nothing is left running. */
async function expectNextStartToBackUp(): Promise<LauncherProcess> {
  launcher = await LauncherProcess.start(...args, '--once');
  await launcher.endsWith(0);
  const run = launcher.eventsOf('run').at(-1)?.run;
  const snapshot = join(
    scratch.path,
    'backups',
    run?.agentId ?? '',
    run?.planName ?? '',
    run?.snapshot ?? '',
  );
  expect(differences(describeTree(source), describeTree(snapshot))).toEqual([]);
  expect(processesOf(data)).toEqual([]);
  return launcher;
}

describe('npm start', () => {
  it('stopped by Ctrl-C between runs ends with 0 and leaves no process', async () => {
    launcher = await LauncherProcess.start(...args);
    await launcher.first('run');
    launcher.signal('SIGINT');
    await launcher.endsWith(0);
    expect(processesOf(data)).toEqual([]);
  });

  it('stopped while it is still starting ends with 0 and leaves no process', async () => {
    launcher = await LauncherProcess.start(...args);
    await launcher.says('Starting scheduler');
    launcher.signal('SIGTERM');
    await launcher.endsWith(0);
    expect(processesOf(data)).toEqual([]);
  });

  it('kills at a second Ctrl-C what does not stop, and leaves no process', async () => {
    launcher = await LauncherProcess.start(...args);
    const { pids } = await launcher.first('started');
    process.kill(pids['receiver'] ?? NaN, 'SIGSTOP');
    launcher.signal('SIGINT');
    await launcher.says('Stopping');
    await launcher.insist('SIGINT');
    await launcher.endsWith(130);
    await until(() => processesOf(data).length === 0, { what: 'the killed to be gone' });
  });

  it('killed outright is cleaned up after by the next start', async () => {
    launcher = await LauncherProcess.start(...args);
    await launcher.first('run');
    launcher.signal('SIGKILL');
    await launcher.ended();
    expect(processesOf(data).some((line) => line.includes('redis'))).toBe(true);
    const next = await expectNextStartToBackUp();
    expect(next.words).toMatch(/An earlier instance was killed; stopped what it left running: .*redis/);
  });
});
