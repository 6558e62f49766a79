import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { temporaryDirectory, type TemporaryDirectory } from '@periodic-backup/testing';
import { identityOf } from '../processes/process-identity.js';
import { InstanceRunningError, acquireInstanceLock } from './instance-lock.js';

let scratch: TemporaryDirectory;
let lockFile: string;
const since = '2026-11-22T11:05:00.000Z';
const GONE_PID = 2 ** 22 - 3; // the kernel's default limit is 2^22; nobody gets there in a test

beforeEach(async () => {
  scratch = await temporaryDirectory();
  lockFile = join(scratch.path, 'instance.lock');
});
afterEach(() => scratch.remove());

const writeLock = (content: object): void => writeFileSync(lockFile, JSON.stringify(content));

describe('acquireInstanceLock', () => {
  it('refuses a second instance and names the first', () => {
    writeLock({ ...identityOf(process.ppid), since });
    expect(() => acquireInstanceLock(lockFile)).toThrow(InstanceRunningError);
    expect(() => acquireInstanceLock(lockFile)).toThrow(`kill ${process.ppid}`);
  });

  it('takes over from a process that is gone', () => {
    writeLock({ pid: GONE_PID, startedAt: null, since });
    acquireInstanceLock(lockFile).release();
    expect(existsSync(lockFile)).toBe(false);
  });

  it('takes over when the pid belongs to another program by now', () => {
    writeLock({ pid: process.ppid, startedAt: 'another-boot/1', since });
    acquireInstanceLock(lockFile).release();
  });

  it('takes over from a lock that was cut off while it was written', () => {
    writeFileSync(lockFile, '{"pid":');
    acquireInstanceLock(lockFile).release();
  });

  it('leaves nothing behind', () => {
    acquireInstanceLock(lockFile).release();
    expect(readdirSync(scratch.path)).toEqual([]);
  });
});
