import {
  EntriesBatch,
  FRAME,
  FilesBatch,
  SessionError,
  encodeError,
  encodeFrame,
  encodePreamble,
  encodeReadWelcome,
  encodeWelcome,
  type Entry,
  type SessionErrorCode,
} from '../src/index.js';
import { encodeFileEnd, encodeFileStart, encodeHole } from '../src/file-frames.js';
import { encodeMessage, encodeOwners } from '../src/messages.js';
import { encodeListed, encodeOpened } from '../src/read-messages.js';
import { SNAPSHOT } from './memory-source.js';
import { READ_HELLO, RecordedReader } from './recorded-reader.js';
import { welcomeOf } from './recorded-client.js';
import { directoryOf, entryOf, outcomeOf, wholeOf } from './samples.js';

function opened(): RecordedReader {
  const reader = RecordedReader.welcomed();
  reader.session.openSnapshot(SNAPSHOT);
  reader.session.receive(encodeOpened({ snapshot: SNAPSHOT }));
  reader.take();
  return reader;
}

/** The reader ended with this error, once, and told the server. */
function expectFailed(reader: RecordedReader, code: SessionErrorCode): void {
  expect(reader.errors.map((error) => error.code)).toEqual([code]);
  expect(reader.session.state).toBe('failed');
  expect(reader.take().includes(`"code":"${code}"`)).toBe(true);
  reader.session.receive(Buffer.alloc(1000, 0xff));
  reader.session.ended();
  reader.session.flush();
  expect([reader.errors.length, reader.sent]).toEqual([1, []]);
}

function entriesOf(...entries: Entry[]): Buffer {
  const batch = new EntriesBatch();
  for (const entry of entries) batch.add(entry);
  return batch.take();
}

function filesOf(ordinal: number, content: string, outcome = wholeOf(Buffer.from(content))): Buffer {
  const batch = new FilesBatch();
  const bytes = (batch.reserve(content.length) as Buffer).write(content);
  batch.settle(ordinal, outcome, bytes);
  return batch.take();
}

const dataOf = (bytes: number): Buffer => encodeFrame(FRAME.DATA, Buffer.alloc(bytes));

describe('a welcome', () => {
  test.each([{ mode: 'eager' }, { mode: 'join' }, { mode: 'read', capabilities: [] }] as const)(
    '%p is BAD_FRAME',
    (rest) => {
      const reader = new RecordedReader();
      reader.session.greet(READ_HELLO);
      reader.session.receive(Buffer.concat([encodePreamble(), encodeWelcome(welcomeOf(rest as object))]));
      expectFailed(reader, 'BAD_FRAME');
    },
  );

  test('of a stranger is NOT_OUR_PROTOCOL, and of a refusal its error', () => {
    const reader = new RecordedReader();
    reader.session.greet(READ_HELLO);
    reader.session.receive(Buffer.from('HTTP/1.1 400 Bad Request'));
    expectFailed(reader, 'NOT_OUR_PROTOCOL');
    const refused = new RecordedReader();
    refused.session.greet(READ_HELLO);
    refused.session.receive(
      Buffer.concat([encodePreamble(), encodeError(new SessionError('BUSY', 'Full.'))]),
    );
    expect(refused.errors).toMatchObject([{ code: 'BUSY', retryable: true }]);
  });

  test('allows no more files than the protocol does', () => {
    const reader = RecordedReader.welcomed();
    expect(reader.session.room).toBe(8192);
    const greedy = new RecordedReader();
    greedy.session.greet(READ_HELLO);
    greedy.session.receive(Buffer.concat([encodePreamble(), encodeReadWelcome('s', 100_000)]));
    expect(greedy.session.room).toBe(8192);
  });
});

describe('frames out of order', () => {
  test.each(Object.values(FRAME).filter((type) => type !== FRAME.KEEPALIVE && type !== FRAME.ERROR))(
    'the type %p when nothing was asked for',
    (type) => {
      const reader = RecordedReader.welcomed();
      reader.session.receive(encodeFrame(type));
      expectFailed(reader, 'WRONG_ORDER');
    },
  );
  test('ENTRIES and LISTED without LIST', () => {
    for (const frame of [entriesOf(directoryOf('')), encodeListed(false)]) {
      const reader = opened();
      reader.session.receive(frame);
      expectFailed(reader, 'WRONG_ORDER');
    }
  });
  test('a file that was not asked for, or not next', () => {
    for (const frame of [filesOf(0, 'x'), encodeFileStart(0, 0)]) {
      const reader = opened();
      reader.session.receive(frame);
      expectFailed(reader, 'WRONG_ORDER');
    }
    const reader = opened().fetch('a', 'b');
    reader.take();
    reader.session.receive(filesOf(1, 'x'));
    expectFailed(reader, 'WRONG_ORDER');
  });
  test('the end of another file', () => {
    const reader = opened().fetch('a');
    reader.take();
    reader.session.receive(Buffer.concat([encodeFileStart(0, 0), encodeFileEnd(1, outcomeOf('whole'))]));
    expectFailed(reader, 'WRONG_ORDER');
  });
});

describe('a list', () => {
  const all = { below: null, from: null, depth: 'all', limit: 3 } as const;
  const inside = { ...all, below: Buffer.from('a') };
  test.each([
    ['more than asked', all, ['', 'a', 'b', 'c'], 'BAD_ORDER'],
    ['a path twice', all, ['', 'a', 'a'], 'BAD_ORDER'],
    ['paths in another order', all, ['', 'b', 'a'], 'BAD_ORDER'],
    ['a path before the first one asked', { ...all, from: Buffer.from('b') }, ['a'], 'BAD_ORDER'],
    ['what is not below', inside, ['ab'], 'BAD_ORDER'],
    ['the directory itself', inside, ['a'], 'BAD_ORDER'],
    ['more than children', { ...inside, depth: 'children' } as const, ['a/b/c'], 'BAD_ORDER'],
    ['more than children of the root', { ...all, depth: 'children' } as const, ['', 'a/b'], 'BAD_ORDER'],
    ['a path that leads out', all, ['', '../x'], 'BAD_PATH'],
    ['a path from the root of all', all, ['', '/etc/passwd'], 'BAD_PATH'],
    ['a path with NUL', all, ['', 'a\0'], 'BAD_PATH'],
  ] as const)('of %s', (_what, list, paths, code) => {
    const reader = opened();
    reader.session.sendList(list);
    reader.take();
    reader.session.receive(entriesOf(...paths.map((path) => entryOf(path))));
    expectFailed(reader, code);
  });

  test('with an entry that cannot be', () => {
    const odd = [
      entryOf('b', { kind: 'hardlink', target: Buffer.from('../c') }),
      entryOf('b', { kind: 'hardlink', target: Buffer.from('c') }),
      directoryOf('b'),
    ];
    const codes = ['BAD_PATH', 'BAD_ENTRY', 'BAD_ENTRY'] as const;
    odd.forEach((entry, i) => {
      const reader = opened();
      reader.session.sendList(all);
      reader.take();
      reader.session.receive(entriesOf(i === 2 ? { ...entry, size: 1 } : entry));
      expectFailed(reader, codes[i] as SessionErrorCode);
    });
  });
});

describe('content', () => {
  function asked(offset: number, lengthBytes: number | null): RecordedReader {
    const reader = opened();
    reader.session.fetch(Buffer.from('f'), offset, lengthBytes);
    reader.session.flush();
    reader.take();
    return reader;
  }

  test.each([
    ['more in FILES than was asked for', 0, 2, filesOf(0, 'abc'), 'SIZE_MISMATCH'],
    ['a status that does not occur', 0, null, filesOf(0, '', outcomeOf('digest-only')), 'BAD_FRAME'],
    ['another beginning', 5, null, encodeFileStart(0, 0), 'BAD_FRAME'],
    ['more DATA than asked for', 5, 10, Buffer.concat([encodeFileStart(0, 5), dataOf(11)]), 'SIZE_MISMATCH'],
    [
      'a longer HOLE than asked for',
      0,
      10,
      Buffer.concat([encodeFileStart(0, 0), encodeHole(11)]),
      'SIZE_MISMATCH',
    ],
    [
      'an endless HOLE',
      0,
      null,
      Buffer.concat([encodeFileStart(0, 0), encodeHole(2 ** 53 - 1)]),
      'BAD_FRAME',
    ],
    [
      'another end than what came',
      ...([0, null] as const),
      Buffer.concat([encodeFileStart(0, 0), dataOf(7), encodeFileEnd(0, outcomeOf('whole', { size: 8 }))]),
      'SIZE_MISMATCH',
    ],
    [
      'an end that does not occur',
      ...([0, null] as const),
      Buffer.concat([encodeFileStart(0, 0), encodeFileEnd(0, outcomeOf('vanished'))]),
      'BAD_FRAME',
    ],
  ] as const)('%s', (_what, offset, lengthBytes, bytes, code) => {
    const reader = asked(offset, lengthBytes);
    reader.session.receive(bytes);
    expectFailed(reader, code);
  });
});

test('more than 8 MiB of OWNERS are FLOOD', () => {
  const reader = RecordedReader.welcomed();
  reader.session.openSnapshot(SNAPSHOT);
  reader.take();
  const users = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [i, 'n'.repeat(200)]));
  const frame = encodeOwners({ users, groups: {} });
  for (let i = 0; i < 300 && reader.errors.length === 0; i++) reader.session.receive(frame);
  expectFailed(reader, 'FLOOD');
});

test('OPENED without a receipt is BAD_FRAME', () => {
  const reader = RecordedReader.welcomed();
  reader.session.openSnapshot(SNAPSHOT);
  reader.take();
  reader.session.receive(encodeMessage(FRAME.OPENED, { receipt: null }));
  expectFailed(reader, 'BAD_FRAME');
});

test('a session that its caller ended in the middle of a frame hands on nothing more of it', () => {
  const reader = opened().fetch('a', 'b');
  const { session } = reader;
  const batch = new FilesBatch();
  for (const id of [0, 1]) {
    batch.reserve(0);
    batch.settle(id, wholeOf(Buffer.alloc(0)), 0);
  }
  reader.files.push = (...files) => {
    session.bye();
    return Array.prototype.push.apply(reader.files, files);
  };
  session.receive(batch.take());
  expect([reader.files.length, session.state, reader.errors]).toEqual([1, 'done', []]);
});
