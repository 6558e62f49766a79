import { FRAME, SessionError, digestOf } from '../src/index.js';
import { ReadingPair } from './recorded-reader.js';
import { SMALL, readingTree } from './reading-tree.js';
import { entryOf } from './samples.js';

const KIB = 1024;
const MIB = 1024 * KIB;

/** Zeros with bytes at these places. */
function mostlyZeros(lengthBytes: number, ...places: number[]): Buffer {
  const content = Buffer.alloc(lengthBytes);
  for (const place of places) content[place] = 1;
  return content;
}

describe('a sparse file', () => {
  test.each([
    ['of zeros only', mostlyZeros(3 * MIB), 3 * MIB],
    ['that ends in a hole', mostlyZeros(2 * MIB, 0), 2 * MIB - 4096],
    ['that begins with one', mostlyZeros(2 * MIB + 5, 2 * MIB + 4), 2 * MIB],
    ['with bytes on both sides', mostlyZeros(2 * MIB, 100, MIB), 2 * MIB - 8192],
    ['with holes too short to say', mostlyZeros(200 * KIB, 0, 60 * KIB, 120 * KIB, 180 * KIB), 0],
    ['with a hole longer than one frame says', mostlyZeros(40 * MIB, 0), 40 * MIB - 4096],
    ['whose length is odd', mostlyZeros(MIB + 12_345, MIB), MIB],
  ])('%s comes back as it was', (_what, content, holeBytes) => {
    const pair = ReadingPair.open(readingTree().addFile('sparse', content, { sparse: true }));
    pair.reader.fetch('sparse').session.flush();
    pair.settle();
    const file = pair.reader.files[0];
    expect(file?.content.equals(content)).toBe(true);
    expect([file?.holeBytes, file?.outcome.size]).toEqual([holeBytes, content.length]);
    expect(pair.server.progress.sentBytes).toBeLessThan(content.length - holeBytes + 2_000);
  });

  test('is read in slices, although it sends next to nothing', () => {
    const pair = ReadingPair.open(readingTree().addFile('sparse', Buffer.alloc(200 * MIB), { sparse: true }));
    let readBytes = 0;
    pair.source.beforeRead = () => (readBytes += 512 * KIB);
    pair.reader.fetch('sparse');
    pair.server.receive(pair.reader.take());
    expect(pair.server.produce()).toBe('more');
    expect(readBytes).toBeLessThan(100 * MIB);
  });
});

test('zeros of a file that is not sparse travel as they are', () => {
  const pair = ReadingPair.open(readingTree().addFile('zeros', Buffer.alloc(MIB)));
  pair.reader.fetch('zeros');
  pair.settle();
  expect(pair.reader.files[0]).toMatchObject({ holeBytes: 0, status: 'whole' });
});

describe('a file that cannot be given', () => {
  test.each([
    ['is not there', 'none', 'vanished', ''],
    ['is a directory', 'a', 'vanished', ''],
    ['is a symlink', 'link', 'vanished', ''],
    ['had no content when it was backed up', 'unread', 'unreadable', 'UNREADABLE'],
    ['is gone from the vault', 'gone', 'unreadable', 'DAMAGED'],
    ['is shorter than the manifest says', 'short', 'unreadable', 'DAMAGED'],
    ['lies on a bad disk', 'bad', 'unreadable', 'STORAGE_FAILED'],
  ])('because it %s says so, and the others come', (_what, path, status, name) => {
    const source = readingTree().add(
      entryOf('unread', { unreadable: true, size: 7 }),
      entryOf('gone', { size: 7, digest: digestOf(SMALL) }),
    );
    source.addFile('short', SMALL, { size: 9 }).addFile('bad', SMALL);
    source.beforeRead = (read) => {
      if (read === 'bad') throw new SessionError('STORAGE_FAILED', 'EIO');
    };
    const pair = ReadingPair.open(source);
    pair.reader.fetch('a/small', path, 'a/small');
    pair.settle();
    expect(pair.reader.files.map((file) => [file.status, file.content.toString()])).toEqual([
      ...[
        ['whole', 'hello'],
        [status, name],
        ['whole', 'hello'],
      ],
    ]);
    expect(pair.server.error).toBeNull();
  });

  test('fails half-way in its FILE_END, and the others come', () => {
    // Its first MiB ends in a hole and begins with one: all of it is held back when the rest is not there.
    const sparse = mostlyZeros(2 * MIB, 300_000);
    const source = readingTree().addFile('b/large', sparse, { sparse: true });
    source.beforeRead = (path, offset) => {
      if (path !== 'a/small' && offset > MIB / 2) throw new SessionError('DAMAGED', 'A block is gone.');
    };
    const pair = ReadingPair.open(source);
    pair.reader.fetch('a/deep/large', 'b/large', 'a/small');
    pair.settle();
    const reached = [MIB, MIB, SMALL.length];
    expect(pair.reader.files.map(({ status, outcome }) => [status, outcome.size])).toEqual([
      ...[
        ['unreadable', reached[0]],
        ['unreadable', reached[1]],
        ['whole', reached[2]],
      ],
    ]);
    expect(pair.reader.files.map(({ content }) => content.length)).toEqual(reached);
  });

  test('because the source has a defect ends the session', () => {
    const pair = ReadingPair.open(readingTree());
    pair.source.beforeRead = () => {
      throw new TypeError('not a function');
    };
    pair.reader.fetch('a/small');
    pair.settle();
    expect([pair.server.error?.code, pair.source.closed]).toEqual(['INTERNAL', 1]);
    expect(pair.reader.errors[0]?.code).toBe('INTERNAL');
  });
});

test('names of many owners come in as many frames as they need', () => {
  const source = readingTree();
  source.users = Object.fromEntries(Array.from({ length: 3_000 }, (_, id) => [id, 'ü'.repeat(100)]));
  const pair = ReadingPair.open(source);
  expect(pair.reader.opened[0]?.owners).toEqual({ users: source.users, groups: source.groups });
});

test('FETCH sent while a LIST is open is answered behind it, and a LIST behind FETCH', () => {
  const pair = ReadingPair.open(readingTree());
  const { session } = pair.reader;
  const types: (number | undefined)[] = [];
  session.sendList({ below: null, from: null, depth: 'all', limit: 2 });
  pair.reader.fetch('a/small', 'a/deep/large');
  pair.server.receive(pair.reader.take());
  while (pair.server.wantsToSend) pair.server.produce();
  for (const frame of pair.answered.splice(0)) {
    if (types.at(-1) !== frame[4]) types.push(frame[4]);
    session.receive(frame);
  }
  const { ENTRIES, LISTED, FILES, FILE_START, DATA, FILE_END } = FRAME;
  expect(types).toEqual([ENTRIES, LISTED, FILES, FILE_START, DATA, FILE_END]);
  pair.reader.fetch('a/small');
  session.sendList({ below: null, from: null, depth: 'all', limit: 2 });
  pair.server.receive(pair.reader.take());
  pair.server.produce();
  expect(pair.answered.map((frame) => frame[4])).toEqual([FILES, ENTRIES, LISTED]);
});
