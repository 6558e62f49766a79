import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  openSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { comparePaths, type Entry } from '@periodic-backup/protocol';
import { temporaryDirectory, type TemporaryDirectory } from '@periodic-backup/testing';
import { openBelow, openRoot } from '@periodic-backup/local-files';
import { asNobody } from '../testing/as-nobody.js';
import { HardLinkRegister } from './hard-link-register.js';
import { SourceWalk } from './walk-source.js';

let directory: TemporaryDirectory;
let source: string;
let problems: string[];

beforeEach(async () => {
  directory = await temporaryDirectory();
  source = join(directory.path, 'source');
  mkdirSync(source);
  chmodSync(directory.path, 0o755);
  problems = [];
});
afterEach(async () => {
  // rm reaches paths that are longer than the system takes at once.
  execFileSync('rm', ['-rf', source]);
  await directory.remove();
});

function makeDeep(levels: number, nameBytes: number): void {
  const name = Buffer.from('n'.repeat(nameBytes));
  let at = openRoot(Buffer.from(source));
  for (let level = 0; level < levels; level++) {
    mkdirSync(Buffer.concat([at.prefix, name]));
    const below = openBelow(at, name);
    closeSync(at.descriptor);
    at = below;
  }
  closeSync(at.descriptor);
}

function walk(excludes: string[] = [], links?: HardLinkRegister): Entry[] {
  const onProblem = (path: Buffer, errno: string): void => void problems.push(`${path.toString()} ${errno}`);
  const walk = new SourceWalk(Buffer.from(source), excludes, onProblem, links);
  const entries: Entry[] = [];
  for (let walked = walk.next(); walked; walked = walk.next()) entries.push(walked.entry);
  return entries;
}

const paths = (entries: Entry[]): string[] => entries.map(({ path }) => path.toString('latin1'));

function touch(...names: string[]): void {
  for (const name of names) writeFileSync(join(source, name), name);
}

describe('a walk', () => {
  it('goes depth first with the bytes of the names in order', () => {
    for (const name of ['b', 'a', 'a-', 'a/x']) mkdirSync(join(source, name), { recursive: true });
    touch('a/x/2', 'a/x/10', 'a.txt', 'Z', 'b/~', 'b/0');
    const entries = walk();
    expect(paths(entries)).toEqual([
      ...['', 'Z', 'a', 'a/x', 'a/x/10', 'a/x/2', 'a-', 'a.txt', 'b', 'b/0', 'b/~'],
    ]);
    for (let i = 1; i < entries.length; i++)
      expect(comparePaths(entries[i - 1]!.path, entries[i]!.path)).toBeLessThan(0);
  });

  it('leaves out what gitignore rules exclude and brings back what they negate', () => {
    for (const name of ['node_modules/m', 'logs', 'src']) mkdirSync(join(source, name), { recursive: true });
    touch('node_modules/m/a.js', 'logs/1.log', 'logs/keep.log', 'src/a.tmp', 'src/a.ts', 'a.TMP');
    expect(paths(walk(['node_modules/', '*.log', '!keep.log', '/src/*.tmp']))).toEqual([
      ...['', 'a.TMP', 'logs', 'logs/keep.log', 'src', 'src/a.ts'],
    ]);
  });

  it('does not bring back a file below an excluded directory', () => {
    mkdirSync(join(source, 'build'));
    touch('build/keep');
    expect(paths(walk(['build/', '!build/keep']))).toEqual(['']);
  });

  it('carries names that are not UTF-8', () => {
    writeFileSync(Buffer.concat([Buffer.from(`${source}/`), Buffer.from([0x66, 0xff, 0xfe])]), 'x');
    expect(walk()[1]?.path).toEqual(Buffer.from([0x66, 0xff, 0xfe]));
  });

  it('asks what a name is where the file system does not say so in a listing', () => {
    const image = join(directory.path, 'image');
    writeFileSync(image, '');
    truncateSync(image, 4 << 20);
    execFileSync('mkfs.ext4', ['-q', '-O', '^filetype', image]);
    execFileSync('mount', ['-o', 'loop', image, source]);
    try {
      mkdirSync(join(source, 'é'));
      touch('é/ü', 'plain');
      const entries = walk(['lost+found/']);
      expect(entries.map(({ path, kind }) => `${path.toString()} ${kind}`)).toEqual([
        ...[' directory', 'plain file', 'é directory', 'é/ü file'],
      ]);
      expect(problems).toEqual([]);
    } finally {
      execFileSync('umount', ['-l', source]);
    }
  });

  it('names the first path of a file for its other names', () => {
    mkdirSync(join(source, 'd'));
    touch('d/first');
    linkSync(join(source, 'd/first'), join(source, 'second'));
    const [, , first, second] = walk();
    expect(first).toMatchObject({ kind: 'file', target: null });
    expect(second).toMatchObject({ kind: 'hardlink', target: Buffer.from('d/first'), size: 0 });
  });

  it('sends further names as plain files when there is no room to remember inodes', () => {
    touch('a', 'b');
    linkSync(join(source, 'a'), join(source, 'a2'));
    linkSync(join(source, 'b'), join(source, 'b2'));
    const links = new HardLinkRegister(1);
    expect(walk([], links).map(({ kind }) => kind)).toEqual([
      'directory',
      'file',
      'hardlink',
      'file',
      'hardlink',
    ]);
    const full = new HardLinkRegister(0);
    expect(walk([], full).map(({ kind }) => kind)).toEqual(['directory', 'file', 'file', 'file', 'file']);
    expect(full.overflowed).toBe(4);
  });

  it('takes links, FIFOs and sparse files for what they are and follows no link', () => {
    mkdirSync(join(directory.path, 'outside'));
    writeFileSync(join(directory.path, 'outside', 'secret'), 'x');
    symlinkSync('../outside', join(source, 'way'));
    symlinkSync('nowhere', join(source, 'dangling'));
    execFileSync('mkfifo', [join(source, 'fifo')]);
    const sparse = openSync(join(source, 'sparse'), 'w');
    ftruncateSync(sparse, 10_000_000);
    closeSync(sparse);
    expect(
      walk().map(({ path, kind, target, sparse }) => [path.toString(), kind, target?.toString(), sparse]),
    ).toEqual([
      ['', 'directory', undefined, false],
      ['dangling', 'symlink', 'nowhere', false],
      ['fifo', 'fifo', undefined, false],
      ['sparse', 'file', undefined, true],
      ['way', 'symlink', '../outside', false],
    ]);
  });

  it('reaches paths that are longer than the system takes at once', () => {
    makeDeep(20, 200);
    const entries = walk();
    expect(entries).toHaveLength(21);
    expect(entries.at(-1)?.path.length).toBe(20 * 201 - 1);
    expect(problems).toEqual([]);
  });

  it('tells of a path that is too long to be sent and goes on', () => {
    makeDeep(17, 250);
    touch('z');
    expect(walk().at(-1)?.path.toString()).toBe('z');
    expect(problems).toEqual([expect.stringMatching(/ ENAMETOOLONG$/)]);
  });

  it('marks a directory that may not be listed or searched and goes on behind it', async () => {
    for (const [name, mode] of [
      ['closed', 0o000],
      ['unsearchable', 0o744],
    ] as const) {
      mkdirSync(join(source, name));
      touch(`${name}/x`);
      chmodSync(join(source, name), mode);
    }
    touch('z');
    const entries = await asNobody(() => Promise.resolve(walk()));
    expect(entries.map(({ path, unreadable }) => [path.toString(), unreadable])).toEqual([
      ...[
        ['', false],
        ['closed', true],
        ['unsearchable', true],
        ['z', false],
      ],
    ]);
    expect(problems).toEqual(['closed EACCES', 'unsearchable EACCES']);
    chmodSync(join(source, 'closed'), 0o755);
  });
});
