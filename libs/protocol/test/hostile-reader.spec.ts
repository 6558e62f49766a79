import {
  FRAME,
  FRAME_CAPS,
  SessionError,
  encodeError,
  encodeFrame,
  encodeKeepalive,
  type FrameType,
  type ReadServerOptions,
  type SessionErrorCode,
} from '../src/index.js';
import { encodeMessage, readError } from '../src/messages.js';
import { encodeOpen } from '../src/read-messages.js';
import { ByteBuilder } from './byte-builder.js';
import { SNAPSHOT } from './memory-source.js';
import { ReadingPair } from './recorded-reader.js';
import { readingTree } from './reading-tree.js';

const ALL = { below: null, from: null, depth: 'all', limit: 10 };
const { OPEN, LIST, FETCH, KEEPALIVE, ERROR, BYE } = FRAME;

/** The session is over with this error, the client was told last of all, and the snapshot is closed. */
async function expectRefused(pair: ReadingPair, code: SessionErrorCode): Promise<void> {
  const { server, source, answered } = pair;
  expect({ code: server.error?.code, message: server.error?.message }).toEqual({
    code,
    message: expect.stringMatching(/\.$/) as string,
  });
  await server.closed;
  expect([server.state, source.closed, source.listing]).toEqual(['closed', source.opened, 0]);
  const last = answered.at(-1) as Buffer;
  expect([last[4], readError(last.subarray(8)).code]).toEqual([FRAME.ERROR, code]);
  const answers = answered.length;
  server.receive(Buffer.alloc(100_000, 0x04));
  server.checkDeadlines();
  server.end();
  expect([server.produce(), server.wantsToSend, answered.length]).toEqual(['idle', false, answers]);
}

async function refuses(
  bytes: Buffer,
  code: SessionErrorCode,
  options: Partial<ReadServerOptions> = {},
): Promise<void> {
  const pair = ReadingPair.open(readingTree(), options);
  pair.server.receive(bytes);
  while (pair.server.produce() === 'more') pair.answered.splice(0, pair.answered.length - 1);
  await expectRefused(pair, code);
}

function item(
  path: string | Buffer,
  offset: number | bigint = 0,
  length: number | bigint = 2n ** 64n - 1n,
): ByteBuilder {
  const bytes = Buffer.from(path as string);
  return new ByteBuilder()
    .u32(1, 'id')
    .u16(bytes.length, 'length of the path')
    .u16(0, 'reserved')
    .u64(offset, 'offset')
    .u64(length, 'length')
    .raw(bytes, 'path');
}

const fetchOf = (...items: ByteBuilder[]): Buffer =>
  encodeFrame(FETCH, Buffer.concat(items.map((one) => one.toBuffer())));

describe('wrong order', () => {
  const allBut = (allowed: readonly FrameType[]): FrameType[] =>
    Object.values(FRAME).filter((type) => !allowed.includes(type));

  test.each(allBut([OPEN, BYE, KEEPALIVE, ERROR]))('a frame of the type %p before OPEN', async (type) => {
    const pair = new ReadingPair(readingTree());
    pair.server.receive(encodeFrame(type));
    await expectRefused(pair, 'WRONG_ORDER');
  });

  test.each(allBut([OPEN, LIST, FETCH, BYE, KEEPALIVE, ERROR]))(
    'a frame of the type %p after OPENED',
    async (type) => {
      await refuses(encodeFrame(type), 'WRONG_ORDER');
    },
  );

  test.each(allBut([BYE, KEEPALIVE, ERROR]))('a frame of the type %p before OPENED', async (type) => {
    const pair = new ReadingPair(readingTree());
    pair.server.receive(Buffer.concat([encodeOpen(SNAPSHOT), encodeFrame(type)]));
    await expectRefused(pair, 'WRONG_ORDER');
  });

  test('OPEN while a file is not answered', async () => {
    await refuses(Buffer.concat([fetchOf(item('a/small')), encodeOpen(SNAPSHOT)]), 'WRONG_ORDER');
  });

  test('a second LIST', async () => {
    const list = encodeMessage(LIST, ALL);
    await refuses(Buffer.concat([list, list]), 'WRONG_ORDER');
  });
});

describe('a snapshot or directory', () => {
  test('that is not there is NOT_FOUND', async () => {
    await refuses(encodeOpen('2020-01-01T000000Z'), 'NOT_FOUND');
  });
  test.each(['a/small', 'none', 'link'])('below %p is NOT_FOUND', async (path) => {
    await refuses(encodeMessage(LIST, { ...ALL, below: Buffer.from(path).toString('base64') }), 'NOT_FOUND');
  });
  test('whose source meets a defect is INTERNAL', async () => {
    const pair = new ReadingPair(readingTree());
    pair.source.open = () => {
      throw new Error('out of luck.');
    };
    pair.server.receive(encodeOpen(SNAPSHOT));
    pair.server.produce();
    await expectRefused(pair, 'INTERNAL');
  });
});

describe('a path', () => {
  test.each(['..', 'a/../b', './a', '/etc/passwd', 'a//b', 'a/', '', 'a\0b', 'n'.repeat(256)])(
    '%p in FETCH is BAD_PATH, before anything is looked for',
    async (path) => {
      const pair = ReadingPair.open(readingTree());
      pair.server.receive(fetchOf(item('a/small'), item(path)));
      await expectRefused(pair, 'BAD_PATH');
    },
  );
  test('of more than 4,096 bytes is BAD_PATH', async () => {
    await refuses(fetchOf(item('n/'.repeat(2048) + 'n')), 'BAD_PATH');
  });
  test.each(['..', '/a', 'a//b', 'n/'.repeat(2047) + 'name'])('%p in LIST is BAD_PATH', async (path) => {
    const text = Buffer.from(path).toString('base64');
    await refuses(encodeMessage(LIST, { ...ALL, below: text }), 'BAD_PATH');
    await refuses(encodeMessage(LIST, { ...ALL, from: text }), 'BAD_PATH');
  });
  test('of a LIST that is no base64, or much too long, is BAD_FRAME', async () => {
    await refuses(encodeMessage(LIST, { ...ALL, below: 'a b' }), 'BAD_FRAME');
    await refuses(encodeMessage(LIST, { ...ALL, from: Buffer.alloc(4099).toString('base64') }), 'BAD_FRAME');
  });
});

describe('a malformed frame', () => {
  test.each(['OPEN', 'LIST', 'FETCH'] as const)(
    '%s beyond its cap is FRAME_TOO_LARGE by its header alone',
    async (name) => {
      const header = Buffer.alloc(8);
      header.writeUInt32BE(FRAME_CAPS[name] + 1, 0);
      header[4] = FRAME[name];
      await refuses(header, 'FRAME_TOO_LARGE');
    },
  );

  test.each([
    ['without items', Buffer.alloc(0)],
    ['with an item cut short', item('a/small').toBuffer().subarray(0, 20)],
    ['with a path cut short', item('a/small').toBuffer().subarray(0, 30)],
    ['with a reserved byte set', Buffer.from(item('a').toBuffer().fill(1, 6, 7))],
    ['from beyond 2^53', item('a', 2n ** 53n).toBuffer()],
    ['for 2^53 bytes', item('a', 0, 2n ** 53n).toBuffer()],
    ['for 2^64 - 2 bytes', item('a', 0, 2n ** 64n - 2n).toBuffer()],
  ])('FETCH %s is BAD_FRAME', async (_what, payload) => {
    await refuses(encodeFrame(FETCH, payload), 'BAD_FRAME');
  });

  test.each([
    {},
    { ...ALL, limit: 0 },
    { ...ALL, limit: 1_000_001 },
    { ...ALL, depth: 'some' },
    { ...ALL, limit: 1.5 },
  ])('LIST %p is BAD_FRAME', async (message) => {
    await refuses(encodeMessage(LIST, message), 'BAD_FRAME');
  });

  test.each([{}, { snapshot: '' }, { snapshot: 'x'.repeat(257) }, { snapshot: 7 }])(
    'OPEN %p is BAD_FRAME',
    async (message) => {
      await refuses(encodeMessage(OPEN, message), 'BAD_FRAME');
    },
  );
});

describe('the window', () => {
  test('holds as many files as WELCOME says, and one more is WINDOW_EXCEEDED', async () => {
    const three = fetchOf(item('a/small'), item('a/small'), item('a/small'));
    const pair = ReadingPair.open(readingTree(), { fetchWindow: 3 });
    pair.server.receive(three);
    expect(pair.server.error).toBeNull();
    pair.server.receive(fetchOf(item('a/small')));
    await expectRefused(pair, 'WINDOW_EXCEEDED');
    await refuses(Buffer.concat([three, three]), 'WINDOW_EXCEEDED', { fetchWindow: 5 });
  });

  test('is 8,192 files', async () => {
    const half = fetchOf(...Array<ByteBuilder>(4096).fill(item('a/small')));
    const pair = ReadingPair.open(readingTree());
    pair.server.receive(Buffer.concat([half, half]));
    expect(pair.server.error).toBeNull();
    pair.server.receive(fetchOf(item('empty')).subarray(0, 8));
    await expectRefused(pair, 'WINDOW_EXCEEDED');
  });

  test('601 KEEPALIVE in a minute are FLOOD', async () => {
    await refuses(Buffer.concat(Array<Buffer>(601).fill(encodeKeepalive())), 'FLOOD');
  });
});

describe('a client that is gone', () => {
  test.each(['before', 'within', 'after'])('%s its answers leaves nothing open', async (when) => {
    const pair = ReadingPair.open(readingTree());
    if (when !== 'before') pair.server.receive(fetchOf(item('a/deep/large'), item('a/small')));
    if (when === 'within') pair.server.receive(encodeMessage(LIST, ALL));
    pair.server.produce();
    pair.server.end();
    await pair.server.closed;
    const { source, server } = pair;
    expect([server.error?.code, source.closed, source.listing]).toEqual(['CONNECTION_LOST', 1, 0]);
    expect(server.wantsToSend).toBe(false);
  });

  test('with an ERROR gets no answer', async () => {
    const pair = ReadingPair.open(readingTree());
    pair.server.receive(encodeError(new SessionError('CANCELLED', 'Cancelled by ada.')));
    await pair.server.closed;
    expect([pair.server.error?.code, pair.answered, pair.source.closed]).toEqual(['CANCELLED', [], 1]);
  });

  test('in the middle of a LIST frees the listing', async () => {
    const source = readingTree();
    for (let i = 0; i < 5_000; i++) source.addFile(`many/${i}`, Buffer.alloc(0));
    const pair = ReadingPair.open(source);
    pair.server.receive(encodeMessage(LIST, { ...ALL, limit: 5_000 }));
    // One frame at a time: the room for more is taken away.
    pair.server.left(-8 * 1024 * 1024 + 1);
    pair.server.produce();
    expect(source.listing).toBe(1);
    pair.server.fail(new SessionError('DRAINING', 'This receiver stops.'));
    await expectRefused(pair, 'DRAINING');
  });
});
