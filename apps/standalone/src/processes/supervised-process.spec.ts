import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { temporaryDirectory, type TemporaryDirectory } from '@periodic-backup/testing';
import { isAlive } from './process-identity.js';
import { ServiceLog } from './service-log.js';
import { StartError, SupervisedProcess, readyMessage } from './supervised-process.js';

let scratch: TemporaryDirectory;
let one: SupervisedProcess;

beforeEach(async () => {
  scratch = await temporaryDirectory();
});
afterEach(async () => {
  one.kill();
  await one.stop(0);
  await scratch.remove();
});

const READY = `process.send({ type: 'ready' });process.on('disconnect',()=>process.exit());`;

function supervise(script: string): SupervisedProcess {
  one = new SupervisedProcess(
    {
      name: 'receiver',
      command: process.execPath,
      args: ['-e', script],
      env: { PATH: process.env['PATH'] },
      marker: script,
      stopSignal: 'SIGTERM',
      ipc: true,
      ready: readyMessage,
    },
    new ServiceLog(join(scratch.path, 'log')),
    join(scratch.path),
  );
  return one;
}

describe('SupervisedProcess', () => {
  it('starts a crashed process again and says so once each way', async () => {
    await supervise(READY).start();
    const before = one.pid ?? NaN;
    const crashed = once(one, 'crashed');
    const recovered = once(one, 'recovered');
    process.kill(before, 'SIGKILL');
    expect(await crashed).toEqual(['receiver', 'was ended by SIGKILL']);
    await recovered;
    expect(one.pid).not.toBe(before);
  });

  it('stops one that ends when asked, and does not start it again', async () => {
    await supervise(READY).start();
    const pid = one.pid ?? NaN;
    expect(await one.stop(5000)).toBe(true);
    expect(isAlive(pid)).toBe(false);
    expect(readdirSync(scratch.path)).toEqual(['log']);
  });

  it('kills one that does not end in time', async () => {
    await supervise(`process.on('SIGTERM',()=>{});${READY}`).start();
    expect(await one.stop(50)).toBe(false);
  });

  it('tells the end of the log when it cannot start', async () => {
    await expect(supervise(`console.error('no room');process.exit(3)`).start()).rejects.toThrow(
      /receiver could not start: it ended with exit code 3[\s\S]*no room/,
    );
    await expect(one.start()).rejects.toThrow(StartError);
  });

  it('keeps the log of the start before', async () => {
    await supervise(`console.log('first');${READY}`).start();
    await one.stop(5000);
    await supervise(`console.log('second');${READY}`).start();
    await one.stop(5000);
    expect(readFileSync(join(scratch.path, 'log.1'), 'utf8')).toBe('first\n');
    expect(readFileSync(join(scratch.path, 'log'), 'utf8')).toBe('second\n');
  });
});
