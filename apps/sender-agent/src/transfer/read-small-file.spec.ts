import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { appendFileSync, mkdirSync, renameSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MAX_SMALL_FILE_BYTES, digestOf } from '@periodic-backup/protocol';
import { temporaryDirectory, type TemporaryDirectory } from '@periodic-backup/testing';
import { SourceWalk } from '../walk/walk-source.js';
import type { FileState } from './file-state.js';
import type { OpenFile } from './open-entries.js';
import { readSmallFile, type SmallRead } from './read-small-file.js';
import { SourceFiles } from './source-files.js';

/** Real files that somebody writes to right after each of the first looks. */
class DisturbedFiles extends SourceFiles {
  looks = 0;
  constructor(
    root: Buffer,
    private readonly disturb: (look: number) => void,
  ) {
    super(root);
  }
  override look(descriptor: number): FileState | null {
    const state = super.look(descriptor);
    this.disturb(++this.looks);
    return state;
  }
}

let directory: TemporaryDirectory;
let path: string;

beforeEach(async () => {
  directory = await temporaryDirectory();
  path = join(directory.path, 'f');
  writeFileSync(path, 'first');
});
afterEach(() => directory.remove());

function announced(): OpenFile {
  const walk = new SourceWalk(Buffer.from(directory.path), [], () => undefined);
  walk.next();
  const walked = walk.next();
  walk.close();
  if (!walked) throw new Error('the file is missing');
  return { ordinal: 1, walked };
}

function read(file: OpenFile, disturb: (look: number) => void = () => undefined): SmallRead {
  const files = new DisturbedFiles(Buffer.from(directory.path), disturb);
  try {
    return readSmallFile(files, file, Buffer.alloc(MAX_SMALL_FILE_BYTES));
  } finally {
    files.close();
  }
}

describe('reading a small file', () => {
  it('gives the content and digest of a file that nobody touches', () => {
    expect(read(announced())).toMatchObject({
      status: 'whole',
      content: Buffer.from('first'),
      digest: digestOf(Buffer.from('first')),
    });
  });

  it('reads a file as it is now if it was written since it was announced', () => {
    const file = announced();
    writeFileSync(path, 'second version');
    const result = read(file);
    expect(result).toMatchObject({ status: 'whole', content: Buffer.from('second version') });
  });

  it('reads again when it is written meanwhile', () => {
    const file = announced();
    writeFileSync(path, 'x');
    const result = read(file, (look) => look === 2 && appendFileSync(path, '+'));
    expect(result).toMatchObject({ status: 'whole', content: Buffer.from('x+') });
  });

  it('gives up as changed when it is written all the time', () => {
    const file = announced();
    writeFileSync(path, 'x');
    let looks = 0;
    const result = read(file, () => appendFileSync(path, String(++looks % 10)));
    expect(result.status).toBe('changed');
    expect(looks).toBe(9);
  });

  it('notices a file that is cut short while it is read', () => {
    const file = announced();
    writeFileSync(path, 'x'.repeat(1000));
    const result = read(file, (look) => look > 1 && truncateSync(path, Math.max(1, 1000 - look)));
    expect(result.status).toBe('changed');
  });

  it('hands a file that has outgrown the batch to the large ones', () => {
    const file = announced();
    writeFileSync(path, 'x'.repeat(MAX_SMALL_FILE_BYTES + 1));
    expect(read(file).status).toBe('large');
  });

  it('takes a file for gone when a link or a directory stands in its place', () => {
    const file = announced();
    renameSync(path, `${path}.moved`);
    symlinkSync('/etc/hostname', path);
    expect(read(file)).toEqual({ status: 'failed', errno: 'ELOOP' });
    renameSync(path, `${path}.link`);
    mkdirSync(path);
    expect(read(file)).toEqual({ status: 'failed', errno: 'ENOENT' });
  });
});
