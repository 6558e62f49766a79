import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmodSync, closeSync, mkdirSync, openSync, realpathSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory, type TemporaryDirectory } from '@periodic-backup/testing';
import { DirectoryChain } from './directory-chain.js';
import { SafeWay } from './safe-way.js';

let root: TemporaryDirectory;
let inner: string;
beforeEach(async () => {
  root = await temporaryDirectory();
  inner = join(realpathSync(root.path), 'outer', 'inner');
  mkdirSync(inner, { recursive: true });
});
afterEach(() => root.remove());

function isSafe(path: string): boolean {
  const descriptor = openSync(path, 'r');
  try {
    return SafeWay.to(Buffer.from(path), descriptor) !== null;
  } finally {
    closeSync(descriptor);
  }
}

/** Under which prefix a chain from the root reaches the children of `outer/inner`. */
function prefixOf(plainWhereSafe: boolean): string {
  const chain = new DirectoryChain(Buffer.from(realpathSync(root.path)), { plainWhereSafe });
  try {
    return chain.enter(Buffer.from('outer/inner')).prefix.toString();
  } finally {
    chain.close();
  }
}

describe('a plain path', () => {
  it('is safe where only root and this user may rename what is on it', () => {
    expect(isSafe(inner)).toBe(true);
    expect(isSafe('/')).toBe(true);
    expect(prefixOf(true)).toBe(`${inner}/`);
    expect(prefixOf(false)).not.toBe(`${inner}/`);
  });

  it.each([
    ['a directory on it', 'outer'],
    ['the last directory', 'outer/inner'],
  ])('is not where others may write to %s', (_, name) => {
    const open = join(realpathSync(root.path), name);
    for (const mode of [0o777, 0o770, 0o702]) {
      chmodSync(open, mode);
      expect(isSafe(inner)).toBe(false);
      expect(prefixOf(true)).not.toBe(`${inner}/`);
    }
    chmodSync(open, 0o1777);
    expect(isSafe(inner)).toBe(true);
  });

  it('is not where it leads through a link', () => {
    const link = join(realpathSync(root.path), 'link');
    symlinkSync('outer', link);
    expect(isSafe(join(link, 'inner'))).toBe(false);
  });
});
