import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { digestOf } from '@periodic-backup/protocol';
import { describeTree } from '@periodic-backup/testing';
import { RestoreScene } from '../testing/restore-scene.js';

let scene: RestoreScene;
let outside: string;

beforeEach(async () => {
  scene = await RestoreScene.open();
  outside = join(scene.root, 'outside');
  mkdirSync(outside);
  writeFileSync(join(outside, 'precious'), 'precious');
  mkdirSync(join(scene.source, 'docs', 'deep'), { recursive: true });
  writeFileSync(join(scene.source, 'docs', 'precious'), 'evil');
  writeFileSync(join(scene.source, 'docs', 'deep', 'new'), 'evil');
  mkdirSync(at('docs'), { recursive: true });
});
afterEach(async () => {
  const names = [...describeTree(outside).keys()];
  const precious = readFileSync(join(outside, 'precious'), 'utf8');
  await scene.close();
  expect({ names, precious }).toEqual({ names: ['precious'], precious: 'precious' });
});

const at = (...names: string[]): string => join(scene.destination, ...names);
const content = Buffer.from('evil');
const evil = { size: content.length, digest: digestOf(content) };

describe('a tree with planted links', () => {
  it.each(['fail', 'skip', 'rename', 'overwrite'] as const)('never leads outside: "%s"', async (conflict) => {
    await scene.backUp();
    symlinkSync(outside, at('docs', 'deep'));
    symlinkSync(join(outside, 'precious'), at('docs', 'precious'));
    const end = await scene.restore({ conflict });
    expect(end.error?.code).toBe(conflict === 'fail' ? 'CONFLICT' : undefined);
    expect(lstatSync(at('docs', 'deep')).isSymbolicLink()).toBe(conflict !== 'overwrite');
  });

  it('does not take a destination that a link leads to', async () => {
    await scene.backUp();
    const linked = join(scene.agent.source, 'linked');
    symlinkSync(outside, linked);
    const end = await scene.restore({ destination: join(linked, 'sub') });
    expect(end.error).toMatchObject({ code: 'DESTINATION_NOT_ALLOWED' });
  });

  it('cannot lend the temporary name to something else', async () => {
    await scene.backUp();
    const order = scene.order(scene.restoreTask({ conflict: 'overwrite' }));
    const temporary = `.pbk-restore-${order.runId}`;
    linkSync(join(outside, 'precious'), at('docs', temporary));
    const end = await scene.runOrder(order);
    expect(end).toMatchObject({ error: null, problems: [] });
    expect(readFileSync(at('docs', 'precious'), 'utf8')).toBe('evil');
    expect(readdirSync(at('docs')).sort()).toEqual(['deep', 'precious']);
  });
});

describe('a manifest that lies', () => {
  it.each([
    ['a way up', '../outside/precious', 'BAD_PATH'],
    ['an absolute path', '/outside/precious', 'BAD_PATH'],
    ['a parent that was never listed', 'nowhere/precious', 'BAD_PARENT'],
  ])('is refused: %s', async (_, path, code) => {
    const snapshot = await scene.backUp();
    snapshot.add(path, evil);
    expect((await scene.restore({ conflict: 'overwrite' })).error).toMatchObject({ code, retryable: false });
  });

  it('is refused when a file lies below a link', async () => {
    const snapshot = await scene.backUp();
    snapshot.add('way', { kind: 'symlink', target: Buffer.from(outside) });
    snapshot.add('way/precious', evil);
    expect((await scene.restore({ conflict: 'overwrite' })).error?.code).toBe('BAD_PARENT');
  });

  it('cannot make a hard link to something outside', async () => {
    const snapshot = await scene.backUp();
    snapshot.add('a', { kind: 'symlink', target: Buffer.from(outside) });
    snapshot.add('b', { kind: 'hardlink', target: Buffer.from('a/precious') });
    const end = await scene.restore({ conflict: 'overwrite' });
    expect(existsSync(at('b'))).toBe(false);
    expect(end.problems).toEqual([expect.objectContaining({ path: 'b' })]);
    expect(readlinkSync(at('a'))).toBe(outside);
  });
});
