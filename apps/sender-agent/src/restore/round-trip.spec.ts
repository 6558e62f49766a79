import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  linkSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { seededBytes } from '@periodic-backup/testing';
import { RestoreScene } from '../testing/restore-scene.js';

let scene: RestoreScene;
beforeEach(async () => {
  scene = await RestoreScene.open();
});
afterEach(() => scene.close());

const at = (...names: string[]): string => join(scene.source, ...names);

/** What rsync would have to change to make the second directory like the first. */
function rsyncDifferences(from: string, to: string): string {
  return execFileSync(
    'rsync',
    ['-aHXn', '--checksum', '--itemize-changes', '--delete', '--devices', '--specials', `${from}/`, `${to}/`],
    { encoding: 'utf8' },
  );
}

function makeTree(): void {
  mkdirSync(at('docs', 'deep', 'er'), { recursive: true });
  mkdirSync(at('empty'));
  mkdirSync(at('closed'));
  writeFileSync(at('docs', 'a.txt'), 'hello');
  writeFileSync(at('docs', 'none'), '');
  writeFileSync(at('docs', 'deep', 'er', 'program'), '#!/bin/sh\n', { mode: 0o755 });
  writeFileSync(at('closed', 'secret'), 'secret', { mode: 0o600 });
  writeFileSync(at('large.bin'), seededBytes('large', 3_500_000));
  writeFileSync(Buffer.concat([Buffer.from(at('docs/')), Buffer.from([0x66, 0xff, 0xfe])]), 'not UTF-8');
  writeFileSync(at('sparse'), 'start');
  truncateSync(at('sparse'), 8_000_000);
  linkSync(at('docs', 'a.txt'), at('docs', 'deep', 'same'));
  linkSync(at('large.bin'), at('zz-large'));
  symlinkSync('docs/a.txt', at('link'));
  symlinkSync('/nowhere', at('docs', 'dangling'));
  spawnSync('mkfifo', [at('pipe')]);
  utimesSync(at('docs', 'a.txt'), 1_234_567_890.123456, 1_234_567_890.123456);
  utimesSync(at('docs', 'none'), -5.5, '-5.5');
  chmodSync(at('docs'), 0o2755);
  chmodSync(at('closed'), 0o500);
  utimesSync(at('docs', 'deep'), 1_000_000_000.9999999, 1_000_000_000.9999999);
}

describe('a restore', () => {
  it('brings back a tree that rsync finds no difference in', async () => {
    makeTree();
    await scene.backUp();
    const end = await scene.restore();
    expect(end).toMatchObject({ error: null, problems: [] });
    expect(rsyncDifferences(scene.source, scene.destination)).toBe('');
    expect(statSync(join(scene.destination, 'sparse')).blocks).toBeLessThan(1000);
    expect(end.result).toMatchObject({
      kind: 'restore',
      overwritten: 0,
      skipped: 0,
      renamed: 0,
      unchanged: 0,
    });
  });

  it('restores chosen paths under the directories that lead to them', async () => {
    makeTree();
    await scene.backUp();
    const paths = ['docs/deep', 'large.bin'].map((path) => Buffer.from(path).toString('base64'));
    const end = await scene.restore({ paths });
    expect(end).toMatchObject({ error: null, problems: [] });
    const found = execFileSync('find', ['-mindepth', '1', '-printf', '%P\n'], {
      cwd: scene.destination,
      encoding: 'utf8',
    });
    expect(found.trim().split('\n').sort()).toEqual([
      ...['docs', 'docs/deep', 'docs/deep/er', 'docs/deep/er/program', 'docs/deep/same', 'large.bin'],
    ]);
    expect(readFileSync(join(scene.destination, 'docs', 'deep', 'same'), 'utf8')).toBe('hello');
    expect(statSync(join(scene.destination, 'docs')).mtimeMs).toBeCloseTo(statSync(at('docs')).mtimeMs, 2);
  });
});
