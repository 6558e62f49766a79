import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { linkSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RestoreScene } from '../testing/restore-scene.js';
import { SNAPSHOT } from '../testing/snapshot-on-disk.js';

let scene: RestoreScene;
beforeEach(async () => {
  scene = await RestoreScene.open();
  mkdirSync(join(scene.source, 'docs'));
  writeFileSync(join(scene.source, 'docs', 'first'), 'content');
  linkSync(join(scene.source, 'docs', 'first'), join(scene.source, 'docs', 'second'));
  linkSync(join(scene.source, 'docs', 'first'), join(scene.source, 'third'));
  await scene.backUp();
});
afterEach(() => scene.close());

const at = (...names: string[]): string => join(scene.destination, ...names);
const text = (...names: string[]): string => readFileSync(at(...names), 'utf8');
const inode = (...names: string[]): number => statSync(at(...names)).ino;

describe('the names of one file', () => {
  it('are linked again when all of them are replaced', async () => {
    mkdirSync(at('docs'), { recursive: true });
    writeFileSync(at('docs', 'first'), 'older');
    linkSync(at('docs', 'first'), at('third'));
    writeFileSync(at('kept'), '');
    linkSync(at('third'), join(scene.agent.source, 'outside'));
    const end = await scene.restore({ conflict: 'overwrite' });
    expect(end).toMatchObject({ error: null, problems: [], result: { overwritten: 2, created: 1 } });
    expect([inode('docs', 'second'), inode('third')]).toEqual([
      inode('docs', 'first'),
      inode('docs', 'first'),
    ]);
    expect(readFileSync(join(scene.agent.source, 'outside'), 'utf8')).toBe('older');
  });

  it('have the content of the snapshot where the first of them is kept as it is', async () => {
    mkdirSync(at('docs'), { recursive: true });
    writeFileSync(at('docs', 'first'), 'mine');
    const end = await scene.restore({ conflict: 'skip' });
    expect(end).toMatchObject({ error: null, problems: [] });
    expect([text('docs', 'first'), text('docs', 'second'), text('third')]).toEqual([
      'mine',
      'content',
      'content',
    ]);
    expect(inode('third')).toBe(inode('docs', 'second'));
  });

  it('are found in a directory that got another name', async () => {
    mkdirSync(scene.destination, { recursive: true });
    writeFileSync(at('docs'), 'a file');
    await scene.restore({ conflict: 'rename' });
    expect(inode('third')).toBe(inode(`docs.restored-${SNAPSHOT}`, 'first'));
    expect(inode(`docs.restored-${SNAPSHOT}`, 'second')).toBe(inode('third'));
  });

  it('are linked to each other when the first of them was not chosen', async () => {
    const paths = ['docs/second', 'third'].map((path) => Buffer.from(path).toString('base64'));
    const end = await scene.restore({ paths });
    expect(end).toMatchObject({ error: null, problems: [] });
    expect([text('docs', 'second'), text('third')]).toEqual(['content', 'content']);
    expect(inode('third')).toBe(inode('docs', 'second'));
    expect(() => inode('docs', 'first')).toThrow(/ENOENT/);
  });

  it('are left alone when they are there', async () => {
    await scene.restore();
    const end = await scene.restore();
    expect(end).toMatchObject({
      error: null,
      counts: { bytesRead: 0 },
      result: { unchanged: 4, created: 0 },
    });
  });
});
