import { type SnapshotReader } from '../src/index.js';
import { ReadingScene } from './reading-scene.js';
import type { TreeSource } from './tree-source.js';

let scene: ReadingScene;
let source: TreeSource;

beforeEach(async () => {
  scene = await ReadingScene.open();
  ({ source } = scene);
});
afterEach(() => scene.close());

describe('a list', () => {
  const all = { below: null, from: null, depth: 'all', limit: 1_000_000 } as const;
  async function list(
    reader: SnapshotReader,
    range: Parameters<SnapshotReader['list']>[0],
  ): Promise<string[]> {
    const paths: string[] = [];
    for await (const batch of reader.list(range)) paths.push(...batch.map(({ path }) => path.toString()));
    return paths;
  }

  test('comes whole, however many pages it has', async () => {
    for (let i = 0; i < 10_000; i++) source.add(`f${i}`, {});
    const reader = await scene.reader();
    expect(await list(reader, all)).toEqual(source.paths);
    expect(reader.lastListWasComplete).toBe(true);
  });

  test('ends at its limit and goes on from there', async () => {
    for (let i = 0; i < 5_000; i++) source.add(`f${String(i).padStart(4, '0')}`, {});
    const reader = await scene.reader();
    const first = await list(reader, { ...all, limit: 4_500 });
    expect([first.length, first.at(-1), reader.lastListWasComplete]).toEqual([4_500, 'f4498', false]);
    const rest = await list(reader, { ...all, from: Buffer.from('f4499') });
    expect([rest.length, reader.lastListWasComplete]).toEqual([501, true]);
  });

  test('of the children of a directory does not descend', async () => {
    source.directory('a').add('a/b', {}).directory('a/c').add('a/c/d', {}).add('e', {});
    const reader = await scene.reader();
    expect(await list(reader, { ...all, below: Buffer.from('a'), depth: 'children' })).toEqual([
      'a/b',
      'a/c',
    ]);
    expect(await list(reader, { ...all, below: Buffer.alloc(0), depth: 'children' })).toEqual(['a', 'e']);
  });

  test('left early does not disturb the next one', async () => {
    for (let i = 0; i < 10_000; i++) source.add(`f${i}`, {});
    const reader = await scene.reader();
    for await (const batch of reader.list(all)) {
      expect(batch.length).toBe(4096);
      break;
    }
    expect((await list(reader, { ...all, limit: 3 })).length).toBe(3);
  });

  test('below what is no directory is NOT_FOUND', async () => {
    source.add('f', {});
    const reader = await scene.reader();
    await expect(list(reader, { ...all, below: Buffer.from('f') })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});
