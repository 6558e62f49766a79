import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { temporaryDirectory, type TemporaryDirectory } from '@periodic-backup/testing';
import { stopOrphans, writePidFile } from './pid-file.js';
import { identityOf, isAlive } from './process-identity.js';

let scratch: TemporaryDirectory;
let child: ChildProcess;
const marker = '--instance=/somewhere';
const stopSignal = 'SIGTERM';

beforeEach(async () => {
  scratch = await temporaryDirectory();
});
afterEach(async () => {
  child.kill('SIGKILL');
  await scratch.remove();
});

/** A process with the marker on its command line, ready to be signalled. */
async function start(script: string): Promise<number> {
  child = spawn(
    process.execPath,
    ['-e', `${script};console.log('up');setInterval(()=>{},1e6)`, '--', marker],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    },
  );
  if (child.stdout) await once(child.stdout, 'data');
  return child.pid ?? NaN;
}

describe('stopOrphans', () => {
  it('stops a process whose pid file and command line agree, and forgets it', async () => {
    const pid = await start('');
    writePidFile(scratch.path, 'receiver', pid, { marker, stopSignal });
    expect(await stopOrphans(scratch.path, 5000)).toEqual(['receiver']);
    expect(isAlive(pid)).toBe(false);
    expect(readdirSync(scratch.path)).toEqual([]);
  });

  it('kills one that does not listen', async () => {
    const pid = await start(`process.on('SIGTERM',()=>{})`);
    writePidFile(scratch.path, 'receiver', pid, { marker, stopSignal });
    await stopOrphans(scratch.path, 50);
    expect(isAlive(pid)).toBe(false);
  });

  it('leaves a process alone that is not that program', async () => {
    const pid = await start('');
    writePidFile(scratch.path, 'receiver', pid, { marker: '--instance=/elsewhere', stopSignal });
    writeFileSync(
      join(scratch.path, 'scheduler'),
      JSON.stringify({ ...identityOf(pid), startedAt: 'another-boot/1', marker, stopSignal }),
    );
    writeFileSync(join(scratch.path, 'redis'), 'not json');
    expect(await stopOrphans(scratch.path, 50)).toEqual([]);
    expect(isAlive(pid)).toBe(true);
  });
});
