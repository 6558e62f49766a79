import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { TaskResult } from '@periodic-backup/contracts';
import { describeTree } from '@periodic-backup/testing';
import { RestoreScene } from '../testing/restore-scene.js';
import { SNAPSHOT } from '../testing/snapshot-on-disk.js';

let scene: RestoreScene;
beforeEach(async () => {
  scene = await RestoreScene.open();
  mkdirSync(join(scene.source, 'docs'));
  writeFileSync(join(scene.source, 'docs', 'a'), 'from the snapshot');
  writeFileSync(join(scene.source, 'docs', 'b'), 'the same');
  symlinkSync('a', join(scene.source, 'docs', 'link'));
  await scene.backUp();
  mkdirSync(at('docs'), { recursive: true });
});
afterEach(() => scene.close());

const at = (...names: string[]): string => join(scene.destination, ...names);
const text = (...names: string[]): string => readFileSync(at(...names), 'utf8');

function copyTime(name: string): void {
  const seconds = statSync(join(scene.source, 'docs', name)).mtimeMs / 1000;
  utimesSync(at('docs', name), seconds, seconds);
}

type Counts = Omit<Extract<TaskResult, { kind: 'restore' }>, 'kind' | 'plan'>;
const NONE: Counts = { created: 0, overwritten: 0, skipped: 0, renamed: 0, unchanged: 0 };
const counts = (changes: Partial<Counts>): object => expect.objectContaining({ ...NONE, ...changes });

describe('the rule "fail"', () => {
  it('looks at everything first and writes nothing if something stands in the way', async () => {
    writeFileSync(at('docs', 'b'), 'another content');
    const before = describeTree(scene.destination);
    const end = await scene.restore();
    expect(end).toMatchObject({ error: { code: 'CONFLICT', retryable: false } });
    expect(end.problems).toEqual([expect.objectContaining({ path: 'docs/b', code: 'CONFLICT' })]);
    expect(describeTree(scene.destination)).toEqual(before);
  });

  it('is content with files that are there, the same', async () => {
    writeFileSync(at('docs', 'b'), 'the same');
    copyTime('b');
    const end = await scene.restore();
    expect(end).toMatchObject({ error: null, result: counts({ created: 2, unchanged: 2 }) });
    expect(text('docs', 'a')).toBe('from the snapshot');
  });

  it('does not take another content of the same size and time for the same', async () => {
    writeFileSync(at('docs', 'b'), 'the SAME');
    copyTime('b');
    expect((await scene.restore()).error?.code).toBe('CONFLICT');
    expect(text('docs', 'b')).toBe('the SAME');
  });
});

describe('the rule "skip"', () => {
  it('leaves what is there and restores the rest', async () => {
    writeFileSync(at('docs', 'a'), 'mine');
    const end = await scene.restore({ conflict: 'skip' });
    expect(end).toMatchObject({ error: null, result: counts({ created: 2, skipped: 1, unchanged: 1 }) });
    expect(text('docs', 'a')).toBe('mine');
    expect(text('docs', 'b')).toBe('the same');
  });

  it('leaves out all below a directory whose name a file has', async () => {
    writeFileSync(at('docs', 'a'), '');
    const end = await scene.restore({ conflict: 'skip', destination: at('docs', 'deeper'), paths: null });
    expect(end.error).toBeNull();
    mkdirSync(at('other'));
    writeFileSync(at('other', 'docs'), 'a file');
    const second = await scene.restore({ conflict: 'skip', destination: at('other') });
    expect(second.result).toEqual(counts({ skipped: 4 }));
    expect(readdirSync(at('other'))).toEqual(['docs']);
  });
});

describe('the rule "rename"', () => {
  it('puts the restored file beside, once however often it is repeated', async () => {
    writeFileSync(at('docs', 'a'), 'mine');
    writeFileSync(at('docs', 'link'), 'mine too');
    const renamed = counts({ created: 1, renamed: 2, unchanged: 1 });
    expect((await scene.restore({ conflict: 'rename' })).result).toEqual(renamed);
    expect((await scene.restore({ conflict: 'rename' })).result).toEqual(counts({ unchanged: 4 }));
    expect(text('docs', 'a')).toBe('mine');
    expect(readdirSync(at('docs')).sort()).toEqual([
      ...['a', `a.restored-${SNAPSHOT}`, 'b', 'link', `link.restored-${SNAPSHOT}`],
    ]);
    expect(text('docs', `a.restored-${SNAPSHOT}`)).toBe('from the snapshot');
  });

  it('takes the next number when that name is taken too', async () => {
    writeFileSync(at('docs', 'a'), 'mine');
    writeFileSync(at('docs', `a.restored-${SNAPSHOT}`), 'mine as well');
    await scene.restore({ conflict: 'rename' });
    expect(text('docs', `a.restored-${SNAPSHOT}.2`)).toBe('from the snapshot');
  });

  it('gives a directory another name where a file has its own', async () => {
    mkdirSync(at('other'));
    writeFileSync(at('other', 'docs'), 'a file');
    await scene.restore({ conflict: 'rename', destination: at('other') });
    expect(text('other', 'docs')).toBe('a file');
    expect(text('other', `docs.restored-${SNAPSHOT}`, 'a')).toBe('from the snapshot');
  });
});

describe('the rule "overwrite"', () => {
  it('replaces files and keeps what the snapshot does not know', async () => {
    writeFileSync(at('docs', 'a'), 'mine');
    writeFileSync(at('docs', 'more'), 'more');
    const end = await scene.restore({ conflict: 'overwrite' });
    expect(end.result).toEqual(counts({ created: 2, overwritten: 1, unchanged: 1 }));
    expect([text('docs', 'a'), text('docs', 'more')]).toEqual(['from the snapshot', 'more']);
  });

  it('moves a directory aside that stands where a file belongs', async () => {
    mkdirSync(at('docs', 'a'));
    writeFileSync(at('docs', 'a', 'kept'), 'kept');
    const end = await scene.restore({ conflict: 'overwrite' });
    expect(text('docs', 'a')).toBe('from the snapshot');
    expect(text('docs', `a.replaced-${SNAPSHOT}`, 'kept')).toBe('kept');
    expect(end.problems).toEqual([expect.objectContaining({ code: 'MOVED_ASIDE' })]);
    expect(end.counts.filesFailed).toBe(0);
  });

  it('puts a directory where a file or a link was', async () => {
    mkdirSync(at('other'));
    symlinkSync(scene.root, at('other', 'docs'));
    await scene.restore({ conflict: 'overwrite', destination: at('other') });
    expect(lstatSync(at('other', 'docs')).isDirectory()).toBe(true);
    expect(text('other', 'docs', 'a')).toBe('from the snapshot');
  });

  it('sets owner and mode of files that are the same otherwise, without fetching them', async () => {
    await scene.restore({ conflict: 'overwrite' });
    const sentBefore = scene.receiver.sentBytes;
    writeFileSync(at('docs', 'a'), 'from the snapshot', { mode: 0o644 });
    copyTime('a');
    scene.snapshot.change('docs/a', { mode: 0o640 });
    const end = await scene.restore({ conflict: 'overwrite' });
    expect(end.result).toEqual(counts({ overwritten: 1, unchanged: 3 }));
    expect(statSync(at('docs', 'a')).mode & 0o777).toBe(0o640);
    expect(end.counts.bytesRead).toBe(0);
    expect(scene.receiver.sentBytes - sentBefore).toBeLessThan(4096);
  });
});

describe('a dry run', () => {
  it.each(['skip', 'rename', 'overwrite'] as const)(
    'says what "%s" then does, and writes nothing',
    async (conflict) => {
      writeFileSync(at('docs', 'a'), 'mine');
      const before = describeTree(scene.root);
      const said = await scene.restore({ conflict, dryRun: true });
      expect(describeTree(scene.root)).toEqual(before);
      const done = await scene.restore({ conflict });
      expect({ ...said.result, plan: [] }).toEqual(done.result);
      expect(said.result).toMatchObject({
        plan: expect.arrayContaining([
          {
            path: 'docs/a',
            action: conflict === 'rename' ? `rename to docs/a.restored-${SNAPSHOT}` : conflict,
          },
          { path: 'docs/b', action: 'create' },
        ]),
      });
    },
  );

  it('names what the rule "fail" would not touch', async () => {
    writeFileSync(at('docs', 'a'), 'mine');
    const end = await scene.restore({ dryRun: true });
    expect(end.error?.code).toBe('CONFLICT');
    expect(end.result).toMatchObject({
      plan: expect.arrayContaining([{ path: 'docs/a', action: 'conflict' }]),
    });
  });

  it('does not make the destination', async () => {
    const end = await scene.restore({ dryRun: true, destination: at('new') });
    expect(end.result).toEqual(counts({ created: 4 }));
    expect(existsSync(at('new'))).toBe(false);
  });
});
