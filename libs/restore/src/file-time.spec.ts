import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory, type TemporaryDirectory } from '@periodic-backup/testing';
import { fileTime, isSameTime } from './file-time.js';

let directory: TemporaryDirectory;
beforeEach(async () => {
  directory = await temporaryDirectory();
});
afterEach(() => directory.remove());

describe('the time of a file', () => {
  it.each([
    0n,
    1n,
    1_234_567_890_123_456_789n,
    1_795_000_000_999_999_999n,
    1_795_000_000_999_999_500n,
    1_795_000_001_000_000_000n,
    4_000_000_000_999_999_999n,
    -1n,
    -5_500_000_000n,
    -1_000_000_000_000_000_001n,
  ])('is set to within a microsecond and the same second: %d ns', (timeNs) => {
    const path = join(directory.path, 'file');
    writeFileSync(path, '');
    utimesSync(path, fileTime(timeNs), fileTime(timeNs));
    const { mtimeNs } = statSync(path, { bigint: true });
    expect(isSameTime(timeNs, mtimeNs)).toBe(true);
    if (timeNs >= 0n) expect(mtimeNs / 1_000_000_000n).toBe(timeNs / 1_000_000_000n);
  });

  it('is another one when it differs by more than Node loses', () => {
    expect(isSameTime(5_000n, 6_001n)).toBe(false);
    expect(isSameTime(6_001n, 5_000n)).toBe(false);
    expect(isSameTime(5_000n, 5_999n)).toBe(true);
  });
});
