import { EntriesBatch, FRAME, encodeFrame, type Entry, type SessionErrorCode } from '../src/index.js';
import { ByteBuilder } from './byte-builder.js';
import { expectRefused } from './expect-refused.js';
import { MemorySink } from './memory-sink.js';
import { TestReceiver } from './recorded-client.js';
import { directoryOf, entryOf } from './samples.js';

async function refuses(code: SessionErrorCode, ...entries: Entry[]): Promise<void> {
  const batch = new EntriesBatch();
  for (const entry of entries) batch.add(entry);
  const receiver = TestReceiver.greeted(new MemorySink({ eager: true }));
  receiver.receive(batch.take());
  await expectRefused(receiver, code);
  expect(receiver.sink.entries).toEqual(entries.slice(0, -1));
}

const root = directoryOf('');

test.each([
  ['the name ".."', '..'],
  ['a path that climbs out', '../../etc/passwd'],
  ['".." in the middle', 'a/../b'],
  ['".." at the end', 'a/..'],
  ['the name "."', '.'],
  ['"." in the middle', 'a/./b'],
  ['an absolute path', '/etc/passwd'],
  ['a slash at the end', 'a/'],
  ['a doubled slash', 'a//b'],
  ['a slash alone', '/'],
  ['a NUL', 'a\0b'],
  ['a NUL at the end', 'a\0'],
  ['a name of 256 bytes', 'n'.repeat(256)],
])('a path with %s is BAD_PATH', async (_what, path) => {
  await refuses('BAD_PATH', root, entryOf(path));
});

test('names that only look dangerous are taken', () => {
  const receiver = TestReceiver.greeted(new MemorySink({ eager: true }));
  const batch = new EntriesBatch();
  const paths = ['', '...', '..a', '.a', 'C:\\x', 'a\nb', 'n'.repeat(255), '\u202ename'];
  batch.add(root);
  for (const path of paths.slice(1)) batch.add(entryOf(path));
  batch.add(entryOf(Buffer.from([0xff, 0xfe])));
  receiver.receive(batch.take());
  expect(receiver.session.error).toBeNull();
  expect(receiver.sink.entries).toHaveLength(paths.length + 1);
});

test('a path of 4,097 bytes, made of what it shares and a suffix, is BAD_PATH', async () => {
  const record = (shared: number, suffix: Buffer) =>
    new ByteBuilder()
      .u8(2, 'kind')
      .raw(Buffer.alloc(35), 'zeros')
      .u16(shared, 'shared')
      .u16(suffix.length, 'suffix')
      .u16(0, 'target')
      .raw(suffix, 'suffix')
      .toBuffer();
  const long = Buffer.alloc(4096, 0x61);
  const receiver = TestReceiver.greeted(new MemorySink({ eager: true }));
  for (let at = 200; at < 4096; at += 200) long[at] = 0x2f;
  // 4096 bytes pass the decoder (and then lack their parents); one more does not.
  receiver.receive(encodeFrame(FRAME.ENTRIES, Buffer.concat([record(0, Buffer.alloc(0)), record(0, long)])));
  expect(receiver.session.error?.code).toBe('BAD_PARENT');
  const second = TestReceiver.greeted(new MemorySink({ eager: true }));
  const longer = Buffer.concat([long, Buffer.from('b')]);
  second.receive(encodeFrame(FRAME.ENTRIES, Buffer.concat([record(0, Buffer.alloc(0)), record(0, longer)])));
  await expectRefused(second, 'BAD_PATH');
});

test('a duplicate entry is BAD_ORDER', async () => {
  await refuses('BAD_ORDER', root, entryOf('a'), entryOf('a'));
});

test('a duplicate of the source directory is BAD_ORDER', async () => {
  await refuses('BAD_ORDER', root, directoryOf(''));
});

test('a directory listed twice, with children in between, is BAD_ORDER', async () => {
  await refuses('BAD_ORDER', root, directoryOf('a'), entryOf('a/b'), directoryOf('a'));
});

test('entries in the wrong order are BAD_ORDER', async () => {
  await refuses('BAD_ORDER', root, entryOf('b'), entryOf('a'));
});

test('a child after a sibling of its parent is BAD_ORDER, although its bytes are greater', async () => {
  await refuses('BAD_ORDER', root, directoryOf('a'), entryOf('a-b'), entryOf('a/c'));
});

test('an entry below a symlink is BAD_PARENT', async () => {
  await refuses(
    'BAD_PARENT',
    root,
    entryOf('a', { kind: 'symlink', target: Buffer.from('/etc') }),
    entryOf('a/passwd'),
  );
});

test.each(['file', 'fifo', 'socket', 'character-device', 'block-device'] as const)(
  'an entry below a %s is BAD_PARENT',
  async (kind) => {
    await refuses('BAD_PARENT', root, entryOf('a', { kind }), entryOf('a/b'));
  },
);

test('an entry below a hard link is BAD_PARENT', async () => {
  const link = entryOf('b', { kind: 'hardlink', target: Buffer.from('a') });
  await refuses('BAD_PARENT', root, entryOf('a'), link, entryOf('b/c'));
});

test('an entry of a directory that was never sent is BAD_PARENT', async () => {
  await refuses('BAD_PARENT', root, entryOf('a/b'));
});

test('an entry two levels below a directory that was sent is BAD_PARENT', async () => {
  await refuses('BAD_PARENT', root, directoryOf('a'), entryOf('a/b/c'));
});

test('an entry whose parent is only a prefix of a directory that was sent is BAD_PARENT', async () => {
  await refuses('BAD_PARENT', root, directoryOf('ab'), entryOf('abc/d'));
});

test('an entry whose parent is only as long as a directory that was sent is BAD_PARENT', async () => {
  await refuses('BAD_PARENT', root, directoryOf('ab'), entryOf('ac/d'));
  await refuses('BAD_PARENT', root, directoryOf('a'), entryOf('a/x'), entryOf('b/y'));
});

test('a stream that does not begin with the source directory is BAD_PARENT', async () => {
  await refuses('BAD_PARENT', entryOf('a'));
});

test('a source that is no directory is BAD_ENTRY', async () => {
  await refuses('BAD_ENTRY', entryOf(''));
});

test.each([
  ['to itself', 'b'],
  ['to a path that comes later', 'c'],
])('a hard link %s is BAD_ENTRY', async (_what, target) => {
  await refuses('BAD_ENTRY', root, entryOf('b', { kind: 'hardlink', target: Buffer.from(target) }));
});

test.each(['../a', '/a', 'a\0', 'a/'])('a hard link to %j is BAD_PATH', async (target) => {
  const code = target.includes('\0') ? 'BAD_ENTRY' : 'BAD_PATH';
  await refuses(code, root, entryOf('b', { kind: 'hardlink', target: Buffer.from(target) }));
});

test.each<[string, Partial<Entry>]>([
  ['a symlink without a target', { kind: 'symlink' }],
  ['a symlink with a NUL in its target', { kind: 'symlink', target: Buffer.from('a\0b') }],
  ['a file with a target', { target: Buffer.from('x') }],
  ['a directory with a size', { kind: 'directory', size: 1 }],
  ['a sparse directory', { kind: 'directory', sparse: true }],
  ['an unreadable fifo', { kind: 'fifo', unreadable: true }],
  ['an entry with a digest', { digest: Buffer.alloc(32) }],
  ['an entry said to have changed', { changedWhileRead: true }],
])('%s is BAD_ENTRY', async (_what, rest) => {
  await refuses('BAD_ENTRY', root, entryOf('x', rest));
});

describe('a record that lies', () => {
  const good = () => {
    const batch = new EntriesBatch();
    batch.add(root);
    batch.add(entryOf('x'));
    return batch.take();
  };
  const second = 8 + 42;
  test.each<[string, number, number, SessionErrorCode]>([
    ['of kind 0', 0, 0, 'BAD_ENTRY'],
    ['of kind 9', 0, 9, 'BAD_ENTRY'],
    ['with an unknown flag', 1, 0x10, 'BAD_ENTRY'],
    ['with a mode beyond 0o7777', 2, 0xff, 'BAD_ENTRY'],
    ['with a size beyond 2^53', 12, 0xff, 'BAD_ENTRY'],
    ['that shares more than there is', 36, 1, 'BAD_FRAME'],
    ['with a suffix beyond its frame', 38, 0xff, 'BAD_FRAME'],
    ['with a target beyond its frame', 40, 0xff, 'BAD_FRAME'],
    ['with a digest beyond its frame', 1, 0x08, 'BAD_FRAME'],
  ])('%s is refused', async (_what, offset, value, code) => {
    const frame = good();
    frame[second + offset] = value;
    const receiver = TestReceiver.greeted(new MemorySink({ eager: true }));
    receiver.receive(frame);
    await expectRefused(receiver, code);
  });

  test('cut short at any byte is BAD_FRAME', async () => {
    const payload = good().subarray(8);
    for (let bytes = 43; bytes < payload.length; bytes++) {
      const receiver = TestReceiver.greeted(new MemorySink({ eager: true }));
      receiver.receive(encodeFrame(FRAME.ENTRIES, payload.subarray(0, bytes)));
      await expectRefused(receiver, 'BAD_FRAME');
    }
  });
});
