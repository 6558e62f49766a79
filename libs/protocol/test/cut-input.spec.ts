import {
  FrameDecoder,
  encodeKeepalive,
  encodePreamble,
  encodeWant,
  encodeWelcome,
  FRAME,
} from '../src/index.js';
import { encodeMessage } from '../src/messages.js';
import { encodeStaged } from '../src/staged-frame.js';
import { MemorySink } from './memory-sink.js';
import {
  RecordedClient,
  TestReceiver,
  expectWholeBackup,
  HELLO,
  welcomeOf,
  wholeBackup,
} from './recorded-client.js';
import { directoryOf, entryOf } from './samples.js';

const backup = wholeBackup();
const offsets = Array.from({ length: backup.length + 1 }, (_, offset) => offset);

test('a backup cut in two at any byte arrives whole', async () => {
  for (const offset of offsets) {
    const receiver = new TestReceiver(new MemorySink({ eager: true }));
    receiver.receive(backup.subarray(0, offset));
    receiver.receive(backup.subarray(offset));
    await receiver.settled();
    expect({ offset, error: receiver.session.error }).toEqual({ offset, error: null });
    expectWholeBackup(receiver.sink);
  }
});

test('a backup that arrives byte by byte arrives whole', async () => {
  const receiver = new TestReceiver(new MemorySink({ eager: true }));
  for (const offset of offsets) receiver.receive(backup.subarray(offset, offset + 1));
  await receiver.settled();
  expectWholeBackup(receiver.sink);
});

test('a chunk may be overwritten once it has been received', async () => {
  const receiver = new TestReceiver(new MemorySink({ eager: true }));
  const chunk = Buffer.alloc(100);
  for (let at = 0; at < backup.length; at += chunk.length) {
    const bytes = backup.copy(chunk, 0, at);
    receiver.receive(chunk.subarray(0, bytes));
    chunk.fill(0xee);
  }
  await receiver.settled();
  expectWholeBackup(receiver.sink);
});

test('a stream that ends at any byte before the end of COMMIT commits nothing and releases the sink', async () => {
  for (const offset of offsets.slice(0, -1)) {
    const receiver = new TestReceiver(new MemorySink({ eager: true }));
    receiver.receive(backup.subarray(0, offset));
    receiver.session.end();
    await receiver.session.closed;
    const { sink, session } = receiver;
    expect([offset, session.error?.code, sink.releases, sink.commits]).toEqual([
      offset,
      'CONNECTION_LOST',
      1,
      0,
    ]);
  }
});

test('what a server sends may be cut in two at any byte', () => {
  const items = [{ ordinal: 1, what: 'content' as const, offset: 7 }];
  const answer = Buffer.concat([
    encodePreamble(),
    encodeWelcome(welcomeOf({ mode: 'join' })),
    encodeKeepalive(),
    encodeWant(2, items),
    encodeStaged({ stagedBytes: 0, limitBytes: 2 ** 21 }),
    encodeMessage(FRAME.RECEIPT, { receipt: { snapshot: 's' } }),
  ]);
  for (let offset = 0; offset <= answer.length; offset++) {
    const client = new RecordedClient();
    client.afterWelcome = () => client.entries(directoryOf(''), entryOf('f'));
    client.afterWant = () => client.session.commit({ entries: 2, problems: 0 });
    client.session.open(HELLO);
    client.session.receive(answer.subarray(0, offset));
    client.session.receive(answer.subarray(offset));
    const { errors, wants, receipts, session } = client;
    expect([offset, errors, wants, receipts]).toEqual([
      offset,
      [],
      [{ decided: 2, items }],
      [{ snapshot: 's' }],
    ]);
    expect(session.state).toBe('done');
  }
});

test('a frame wholly inside a chunk is handed on as a view of the chunk', () => {
  const seen: Buffer[] = [];
  const decoder = new FrameDecoder({
    begin: () => undefined,
    frame: (_type, payload) => seen.push(payload),
    data: () => undefined,
  });
  const frame = encodeWant(0, []);
  decoder.push(frame);
  expect(seen[0]?.buffer).toBe(frame.buffer);
  expect(decoder.heldBytes).toBe(0);
});

test('a decoder that is stopped in the middle of a chunk reads nothing more of it', () => {
  let frames = 0;
  const decoder = new FrameDecoder({
    begin: () => undefined,
    frame: () => {
      frames++;
      decoder.stop();
    },
    data: () => undefined,
  });
  decoder.push(Buffer.concat([encodeKeepalive(), encodeKeepalive(), Buffer.from('what is no frame')]));
  expect([frames, decoder.underWay]).toEqual([1, null]);
});
