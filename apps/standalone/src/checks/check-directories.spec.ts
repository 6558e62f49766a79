import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { temporaryDirectory, type TemporaryDirectory } from '@periodic-backup/testing';
import { checkDirectories, type Directories } from './check-directories.js';

let scratch: TemporaryDirectory;
let source: string;

beforeEach(async () => {
  scratch = await temporaryDirectory();
  source = join(scratch.path, 'source');
  mkdirSync(source);
});
afterEach(() => scratch.remove());

const at = (...parts: string[]): string => join(scratch.path, ...parts);
const check = (changes: Partial<Directories> = {}, create = true) =>
  checkDirectories(
    { sourceDirs: [source], targetDir: at('target'), backupDir: undefined, dataDir: at('data'), ...changes },
    create,
  );

describe('checkDirectories', () => {
  it('finds nothing wrong with directories apart, and makes those that are written to', () => {
    expect(check({ backupDir: at('sent') }).problems).toEqual([]);
    for (const name of ['target', 'data', 'sent']) expect(existsSync(at(name))).toBe(true);
  });

  it('makes nothing when only asked to look', () => {
    check({}, false);
    expect(existsSync(at('target'))).toBe(false);
  });

  it.each<[string, () => Partial<Directories>, string]>([
    ['a target in a source', () => ({ targetDir: at('source', 'deep', 'backups') }), 'lies in the source'],
    ['the target being the source', () => ({ targetDir: source }), 'lies in the source'],
    ['a source in the target', () => ({ targetDir: scratch.path, dataDir: '/tmp/x' }), 'lies in the target'],
    [
      'a backup directory in a source',
      () => ({ backupDir: at('source', 'sent') }),
      'choose a --backup-dir outside',
    ],
    ['a source in the backup directory', () => ({ backupDir: scratch.path }), 'lies in the backup directory'],
    ['a backup directory in the target', () => ({ backupDir: at('target', 'sent') }), 'lies in the target'],
    ['a source in the data folder', () => ({ dataDir: scratch.path }), 'lies in the data folder'],
    ['the data folder in the target', () => ({ dataDir: at('target', 'data') }), 'lies in the target'],
    ['a missing source', () => ({ sourceDirs: [at('nope')] }), 'does not exist'],
  ])('refuses %s', (_, changes, words) => {
    expect(check(changes()).problems).toEqual([expect.stringContaining(words)]);
  });

  it('sees through symbolic links', () => {
    symlinkSync(source, at('alias'));
    expect(check({ targetDir: at('alias', 'backups') }).problems).toEqual([
      expect.stringContaining('lies in the source'),
    ]);
  });

  it('does not take a name that merely begins alike for the same directory', () => {
    expect(check({ targetDir: at('source-backups') }).problems).toEqual([]);
  });

  it('refuses files where directories belong', () => {
    writeFileSync(at('file'), '');
    expect(check({ sourceDirs: [at('file')] }).problems).toEqual([
      expect.stringContaining('is not a directory'),
    ]);
    expect(check({ targetDir: at('file') }).problems).toEqual([expect.stringContaining('cannot be written')]);
    expect(check({ targetDir: '/proc/no/such' }).problems).toEqual([
      expect.stringContaining('cannot be written'),
    ]);
    expect(check({ dataDir: at('file', 'x') }).problems).toEqual([
      expect.stringContaining('cannot be written'),
    ]);
  });

  it('leaves a data folder inside a source out of its backup and says so', () => {
    const found = check({ dataDir: at('source', 'my [state]') });
    expect(found.problems).toEqual([]);
    expect(found.ownExcludes.get(source)).toBe('/my\\ \\[state\\]/');
    expect(found.warnings).toEqual([expect.stringContaining('left out of the backup')]);
  });
});
