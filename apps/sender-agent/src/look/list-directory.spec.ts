import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DirectoryListing, DirectoryQuestion } from '@periodic-backup/contracts';
import { temporaryDirectory, type TemporaryDirectory } from '@periodic-backup/testing';
import type { AllowedDirectories } from '../checks/check-directories.js';
import { listDirectory } from './list-directory.js';

let root: TemporaryDirectory;
let allowed: AllowedDirectories;
const at = (...names: string[]): string => join(root.path, ...names);

beforeEach(async () => {
  root = await temporaryDirectory();
  for (const name of ['source', 'copies', 'secret']) mkdirSync(at(name));
  writeFileSync(at('secret', 'key'), '');
  allowed = { sources: [at('source')], backups: [at('copies')], restores: [at('source'), at('gone')] };
});
afterEach(() => root.remove());

function list(
  path: string | Buffer | null,
  changes: Partial<DirectoryQuestion> = {},
  directories = allowed,
): DirectoryListing {
  const question: DirectoryQuestion = {
    kind: 'directory',
    path: path === null ? null : Buffer.from(path as string).toString('base64'),
    ...{ limit: 1000, cursor: null, onlyDirectories: false, excludes: null },
    ...changes,
  };
  return listDirectory(question, directories);
}

const names = ({ items }: DirectoryListing): string[] => items.map(({ name }) => name);

describe('the directories of an agent', () => {
  it('are at the top those that its settings name, with what each is for', () => {
    const { items, path } = list(null);
    expect(path).toBeNull();
    expect(items).toMatchObject([
      { path: at('source'), kind: 'directory', readable: true, uses: ['source', 'backup', 'restore'] },
      { path: at('copies'), uses: ['backup'] },
      { path: at('gone'), kind: null, readable: false, uses: ['restore'] },
    ]);
  });

  it('show their directories first, then the rest, in byte order', () => {
    for (const name of ['z', 'B', 'a']) mkdirSync(at('source', name));
    writeFileSync(at('source', 'A'), 'hello');
    symlinkSync('A', at('source', 'link'));
    const listing = list(at('source'));
    expect(names(listing)).toEqual(['B', 'a', 'z', 'A', 'link']);
    expect(listing).toMatchObject({ path: at('source'), parent: null, total: 5, nextCursor: null });
    expect(listing.items[3]).toMatchObject({
      ...{ kind: 'file', sizeBytes: 5, readable: true, isText: true, path: at('source', 'A') },
    });
    expect(listing.items[4]).toMatchObject({ kind: 'symlink', sizeBytes: null });
    expect(list(at('source', 'B')).parent).toBe(at('source'));
    expect(names(list(at('source'), { onlyDirectories: true }))).toEqual(['B', 'a', 'z']);
  });

  it('come in pages that neither repeat nor leave out a name, whatever is removed meanwhile', () => {
    for (let i = 0; i < 25; i++) mkdirSync(at('source', `d${i}`));
    for (let i = 0; i < 25; i++) writeFileSync(at('source', `f${i}`), '');
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: DirectoryListing = list(at('source'), { limit: 7, cursor });
      seen.push(...names(page));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(names(list(at('source'))));
    expect(seen).toHaveLength(50);
    expect(() => list(at('source'), { cursor: 'nonsense' })).toThrow(
      expect.objectContaining({ code: 'BAD_CURSOR', field: 'cursor' }),
    );
  });

  it('hand out names that are not UTF-8 by their bytes', () => {
    const name = Buffer.from([0x66, 0xff]);
    mkdirSync(Buffer.concat([Buffer.from(`${at('source')}/`), name]));
    const [item] = list(at('source')).items;
    expect(item).toMatchObject({ isText: false, name: 'f\ufffd' });
    const path = Buffer.from(item!.pathBytes, 'base64');
    expect(path.subarray(-2)).toEqual(name);
    expect(list(path)).toMatchObject({ total: 0, parent: at('source') });
  });

  it('are not left: not by name, by "..", nor through a link', () => {
    symlinkSync(at('secret'), at('source', 'way'));
    for (const path of [at('secret'), `${at('source')}/../secret`, at('source', 'way'), '/', 'source'])
      expect(() => list(path)).toThrow(expect.objectContaining({ code: 'NOT_ALLOWED', field: 'path' }));
  });

  it('do not tell what there is elsewhere', () => {
    const refusal = (path: string): string => {
      try {
        return JSON.stringify(list(path));
      } catch (error) {
        return (error as Error).message.replace(path, '');
      }
    };
    expect(refusal(at('secret', 'none'))).toBe(refusal(at('secret', 'key')));
    expect(refusal(at('source', 'none'))).toMatch(/is not a directory on this machine/);
  });

  it('are listed through a link that stays among them', () => {
    mkdirSync(at('source', 'real', 'inner'), { recursive: true });
    symlinkSync('real', at('source', 'link'));
    expect(list(at('source', 'link'))).toMatchObject({
      path: at('source', 'link'),
      realPath: at('source', 'real'),
      items: [{ path: at('source', 'link', 'inner') }],
    });
  });

  it('may be the whole machine', () => {
    const listing = list('/', {}, { sources: ['/'], backups: [], restores: [] });
    expect(listing.items.find(({ path }) => path === '/proc')).toMatchObject({ name: 'proc' });
    expect(listing.parent).toBeNull();
  });

  it('say which exclude leaves out what, also below a directory that is left out', () => {
    mkdirSync(at('source', 'docs', 'build', 'deep'), { recursive: true });
    writeFileSync(at('source', 'docs', 'a.tmp'), '');
    writeFileSync(at('source', 'docs', 'a.txt'), '');
    const excludes = { sourceDir: at('source'), rules: ['build/', '*.tmp', '!keep.tmp'] };
    const rules = (path: string): unknown[] =>
      list(path, { excludes }).items.map(({ name, excludedBy }) => [name, excludedBy]);
    expect(rules(at('source', 'docs'))).toEqual([
      ['build', 0],
      ['a.tmp', 1],
      ['a.txt', null],
    ]);
    expect(rules(at('source', 'docs', 'build'))).toEqual([['deep', 0]]);
    expect(rules(at('source'))).toEqual([['docs', null]]);
  });
});
