import { seededBytes, until, type ReadingServer } from '@periodic-backup/testing';
import type { FileWant } from '../src/index.js';
import { ReadingScene } from './reading-scene.js';
import { RecordingTaker } from './recording-taker.js';
import type { TreeSource } from './tree-source.js';

const SMALL = Buffer.from('hello');
const LARGE = seededBytes('large', 5_000_000);

let scene: ReadingScene;
let source: TreeSource;
let server: ReadingServer;

beforeEach(async () => {
  scene = await ReadingScene.open();
  ({ source, server } = scene);
});
afterEach(() => scene.close());

const wantsOf = (...paths: string[]): FileWant[] => paths.map((path) => ({ path: Buffer.from(path) }));

describe('fetching many files', () => {
  test('hands each over in the order asked, the bad ones as failures', async () => {
    source
      .file('a', SMALL)
      .file('large', LARGE)
      .file('wrong', SMALL, { digest: Buffer.alloc(32) });
    source.file('z', Buffer.alloc(0)).add('unread', { unreadable: true });
    const reader = await scene.reader();
    const taker = new RecordingTaker();
    const asked = ['a', 'none', 'large', 'wrong', 'unread', 'z', 'a'];
    await reader.fetchAll(wantsOf(...asked), taker);
    expect(taker.order).toEqual(asked);
    expect([...taker.failures]).toEqual([
      ...[
        ['none', 'NOT_FOUND'],
        ['wrong', 'DIGEST_MISMATCH'],
        ['unread', 'UNREADABLE'],
      ],
    ]);
    expect(taker.contents.get('large')?.equals(LARGE)).toBe(true);
    expect(taker.outcomes.get('large')?.digestMatches).toBe(true);
    expect(taker.contents.get('a')).toEqual(SMALL);
  });

  test('asks no more at once than the receiver allows', async () => {
    server.fetchWindow = 3;
    const names = Array.from({ length: 100 }, (_, i) => `f${i}`);
    for (const name of names) source.file(name, Buffer.from(name));
    const reader = await scene.reader();
    const taker = new RecordingTaker();
    await reader.fetchAll(wantsOf(...names), taker);
    expect(taker.order).toEqual(names);
    expect(server.session.error).toBeNull();
  });

  test('takes its wants from a list of the same connection', async () => {
    const names = Array.from({ length: 5_000 }, (_, i) => `f${String(i).padStart(4, '0')}`);
    for (const name of names) source.file(name, Buffer.from(name));
    const reader = await scene.reader();
    async function* files(): AsyncIterable<FileWant> {
      for await (const batch of reader.list({ below: null, from: null, depth: 'all', limit: 1e6 }))
        for (const { kind, path } of batch) if (kind === 'file') yield { path };
    }
    const taker = new RecordingTaker();
    await reader.fetchAll(files(), taker);
    expect(taker.order).toEqual(names);
    for (const name of names) expect(taker.contents.get(name)?.toString()).toBe(name);
  });

  test('leaves bytes alone until the promise of their taker is settled', async () => {
    const names = Array.from({ length: 600 }, (_, i) => `f${i}`);
    names.forEach((name, i) => source.file(name, Buffer.alloc(1_000 + ((i * 7919) % 60_000), `${name} `)));
    const reader = await scene.reader();
    let wrong = 0;
    await reader.fetchAll(wantsOf(...names), {
      whole: async ({ path }, content) => {
        const asItCame = Buffer.from(content);
        await new Promise((resolve) => setImmediate(resolve));
        if (!content.equals(asItCame) || !content.equals(Buffer.alloc(content.length, `${path.toString()} `)))
          wrong++;
      },
      begin: () => undefined,
      bytes: () => undefined,
      hole: () => undefined,
      end: () => undefined,
      failed: () => undefined,
    });
    expect(wrong).toBe(0);
  });

  test('ends with what the taker throws', async () => {
    source.file('a', SMALL).file('b', SMALL);
    const reader = await scene.reader();
    const taker = new RecordingTaker();
    taker.whole = () => {
      throw new Error('no room');
    };
    await expect(reader.fetchAll(wantsOf('a', 'b'), taker)).rejects.toThrow('no room');
    await until(() => server.session.state === 'closed');
    expect(server.session.error?.code).toBe('CANCELLED');
  });

  test('ends with CONNECTION_LOST when the receiver dies, even while the wants make it wait', async () => {
    source.file('a', SMALL);
    const reader = await scene.reader();
    async function* endless(): AsyncIterable<FileWant> {
      yield* wantsOf('a');
      server.cut();
      await new Promise<never>(() => undefined);
    }
    await expect(reader.fetchAll(endless(), new RecordingTaker())).rejects.toMatchObject({
      code: 'CONNECTION_LOST',
    });
  });

  test('ends with an error when the receiver lies about the order', async () => {
    source.file('a', SMALL).file('b', SMALL);
    const reader = await scene.reader();
    server.distort = (frame) => {
      if (frame[4] === 0x12) frame[11] = 9;
      return frame;
    };
    const fetched = reader.fetchAll(wantsOf('a', 'b'), new RecordingTaker());
    await expect(fetched).rejects.toMatchObject({ code: 'WRONG_ORDER' });
  });
});
