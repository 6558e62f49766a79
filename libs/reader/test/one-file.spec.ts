import { SessionError } from '@periodic-backup/protocol';
import { seededBytes, until, type ReadingServer } from '@periodic-backup/testing';
import { FileUnavailableError, type SnapshotReader } from '../src/index.js';
import { ReadingScene } from './reading-scene.js';
import { SNAPSHOT, type TreeSource } from './tree-source.js';

const SMALL = Buffer.from('hello');
const LARGE = seededBytes('large', 5_000_000);
const HOLE_BYTES = 40 * 1024 * 1024;

let scene: ReadingScene;
let source: TreeSource;
let server: ReadingServer;

beforeEach(async () => {
  scene = await ReadingScene.open();
  ({ source, server } = scene);
});
afterEach(() => scene.close());

async function contentOf(
  reader: SnapshotReader,
  path: string,
  range?: { offset: number; length: number | null },
): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const piece of reader.readFile(Buffer.from(path), range))
    parts.push(piece.bytes ?? Buffer.alloc(piece.holeBytes));
  return Buffer.concat(parts);
}

describe('a file', () => {
  test('comes whole, small or large', async () => {
    source.file('small', SMALL).file('large', LARGE).file('empty', Buffer.alloc(0));
    const reader = await scene.reader();
    expect(await contentOf(reader, 'small')).toEqual(SMALL);
    expect((await contentOf(reader, 'large')).equals(LARGE)).toBe(true);
    expect(await contentOf(reader, 'empty')).toEqual(Buffer.alloc(0));
    expect(reader.bytesReceived).toBeGreaterThan(LARGE.length);
  });

  test('comes in part', async () => {
    source.file('large', LARGE);
    const reader = await scene.reader();
    const middle = await contentOf(reader, 'large', { offset: 1_000_001, length: 2_000_000 });
    expect(middle.equals(LARGE.subarray(1_000_001, 3_000_001))).toBe(true);
    const end = await contentOf(reader, 'large', { offset: LARGE.length - 3, length: null });
    expect(end).toEqual(LARGE.subarray(-3));
  });

  test('that is sparse comes with its holes', async () => {
    const content = Buffer.alloc(HOLE_BYTES + 20_000);
    SMALL.copy(content, HOLE_BYTES + 10_000);
    source.file('sparse', content, { sparse: true });
    const reader = await scene.reader();
    expect((await contentOf(reader, 'sparse')).equals(content)).toBe(true);
    expect(reader.bytesReceived).toBeLessThan(100_000);
  });

  test.each(['small', 'large'])(
    'that is %s and not what the manifest says is DIGEST_MISMATCH',
    async (name) => {
      source
        .file(name, name === 'small' ? SMALL : LARGE, { digest: Buffer.alloc(32, 1) })
        .file('good', SMALL);
      const reader = await scene.reader();
      const error = await contentOf(reader, name).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(FileUnavailableError);
      expect(error).toMatchObject({ code: 'DIGEST_MISMATCH' });
      expect(await contentOf(reader, 'good')).toEqual(SMALL);
    },
  );

  test('that is not there, has no content or is damaged says so, and the reader goes on', async () => {
    source.file('good', SMALL).file('damaged', LARGE).add('unread', { unreadable: true, size: 5 });
    source.beforeRead = (path, offset) => {
      if (path === 'damaged' && offset > 1_000_000) throw new SessionError('DAMAGED', 'A block is gone.');
    };
    const reader = await scene.reader();
    await expect(contentOf(reader, 'none')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(contentOf(reader, 'unread')).rejects.toMatchObject({ code: 'UNREADABLE' });
    await expect(contentOf(reader, 'damaged')).rejects.toMatchObject({ code: 'DAMAGED' });
    await expect(contentOf(reader, '../etc/passwd')).rejects.toMatchObject({ code: 'BAD_PATH' });
    expect(await contentOf(reader, 'good')).toEqual(SMALL);
  });

  test('that nobody takes holds the receiver back', async () => {
    const content = seededBytes('huge', 1024 * 1024);
    source.file('huge', Buffer.concat(Array<Buffer>(48).fill(content)));
    const reader = await scene.reader();
    const pieces = reader.readFile(Buffer.from('huge'))[Symbol.asyncIterator]();
    await pieces.next();
    await until(() => server.session.unsentBytes >= 8 * 1024 * 1024, {
      what: 'the receiver to be held back',
    });
    expect(server.session.wantsToSend).toBe(false);
    expect(reader.bytesReceived).toBeLessThan(32 * 1024 * 1024);
    let bytes = 0;
    for (let next = await pieces.next(); !next.done; next = await pieces.next())
      bytes += next.value.bytes?.length ?? 0;
    expect(bytes).toBeGreaterThan(40 * 1024 * 1024);
  });

  test('left early ends the connection', async () => {
    source.file('large', LARGE);
    const reader = await scene.reader();
    for await (const piece of reader.readFile(Buffer.from('large'))) {
      expect(piece.bytes).toBeDefined();
      break;
    }
    await until(() => server.connections === 0);
    await expect(reader.open(SNAPSHOT)).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});
