import { FRAME, FRAME_CAPS, encodeFrame, type FrameType, type SessionErrorCode } from '../src/index.js';
import { expectRefused } from './expect-refused.js';
import { MemorySink } from './memory-sink.js';
import { receiving } from './receiving-client.js';
import { RecordedClient, TestReceiver, expectWholeBackup, wholeBackup } from './recorded-client.js';
import { outcomeOf, wholeOf } from './samples.js';

function header(length: number, type: number, flags = 0, reserved = 0): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32BE(length, 0);
  bytes[4] = type;
  bytes[5] = flags;
  bytes.writeUInt16BE(reserved, 6);
  return bytes;
}

async function refuses(bytes: Buffer, code: SessionErrorCode): Promise<void> {
  const { receiver } = receiving();
  receiver.receive(bytes);
  await expectRefused(receiver, code);
}

const clientFrames = ['OWNERS', 'ENTRIES', 'FILES', 'FILE_START', 'COMMIT', 'ERROR', 'KEEPALIVE'] as const;

test.each(clientFrames)(
  'a %s frame longer than its cap is FRAME_TOO_LARGE, by its header alone',
  async (name) => {
    await refuses(header(FRAME_CAPS[name] + 1, FRAME[name]), 'FRAME_TOO_LARGE');
  },
);

test('a frame that announces 4 GiB is FRAME_TOO_LARGE and nothing is allocated for it', async () => {
  const before = process.memoryUsage().arrayBuffers;
  await refuses(header(0xffffffff, FRAME.DATA), 'FRAME_TOO_LARGE');
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 * 1024 * 1024);
});

test.each([0x00, 0x06, 0x18, 0x23, 0x3f, 0x45, 0x4f, 0x50, 0x7f, 0xff])(
  'a frame of the type %p is UNKNOWN_FRAME',
  async (type) => {
    await refuses(header(0, type), 'UNKNOWN_FRAME');
  },
);

test('flags and reserved bytes that are set are BAD_FRAME', async () => {
  await refuses(header(0, FRAME.KEEPALIVE, 1), 'BAD_FRAME');
  await refuses(header(0, FRAME.KEEPALIVE, 0, 1), 'BAD_FRAME');
});

describe('wrong order', () => {
  const wrong = (allowed: readonly FrameType[]) =>
    Object.values(FRAME).filter((type) => !allowed.includes(type));
  const { OWNERS, ENTRIES, FILES, FILE_START, COMMIT, KEEPALIVE, ERROR, DATA, HOLE, FILE_END, BYE } = FRAME;

  test.each(wrong([OWNERS, ENTRIES, FILES, FILE_START, COMMIT, KEEPALIVE, ERROR]))(
    'a frame of the type %p between files is WRONG_ORDER',
    async (type) => {
      await refuses(header(0, type), 'WRONG_ORDER');
    },
  );

  test.each(wrong([DATA, HOLE, FILE_END, KEEPALIVE, ERROR]))(
    'a frame of the type %p within a file is WRONG_ORDER',
    async (type) => {
      const { client, receiver, flush } = receiving();
      client.session.startFile(1, 0);
      flush();
      receiver.receive(header(0, type));
      await expectRefused(receiver, 'WRONG_ORDER');
    },
  );

  test.each(wrong([KEEPALIVE, ERROR]))(
    'a frame of the type %p while committing is WRONG_ORDER, and the sink is released only after its commit',
    async (type) => {
      const { client, receiver, flush } = receiving();
      let goOn = () => undefined as void;
      receiver.sink.beforeCommit = new Promise((resolve) => (goOn = resolve));
      client.file(1, Buffer.from('x')).file(2, Buffer.from('y'));
      client.session.commit({ entries: 3, problems: 0 });
      flush();
      receiver.receive(header(0, type));
      expect([receiver.session.error?.code, receiver.sink.releases]).toEqual(['WRONG_ORDER', 0]);
      goOn();
      await receiver.session.closed;
      expect(receiver.sink.releases).toBe(1);
    },
  );

  test.each(wrong([KEEPALIVE, ERROR, BYE]))(
    'a frame of the type %p after the receipt ends the session and leaves the snapshot',
    async (type) => {
      const { client, receiver, flush } = receiving();
      client.file(1, Buffer.from('x')).file(2, Buffer.from('y'));
      client.session.commit({ entries: 3, problems: 0 });
      flush();
      await receiver.settled();
      receiver.receive(header(0, type));
      await receiver.session.closed;
      expect([receiver.session.error?.code, receiver.sink.commits]).toEqual(['WRONG_ORDER', 1]);
    },
  );

  test('content of an entry of which nothing is wanted is WRONG_ORDER', async () => {
    const { client, receiver, flush } = receiving();
    client.file(0, Buffer.from('x'));
    flush();
    await expectRefused(receiver, 'WRONG_ORDER');
  });

  test('content of an entry that was never sent is WRONG_ORDER', async () => {
    const { client, receiver, flush } = receiving();
    client.session.startFile(3, 0);
    flush();
    await expectRefused(receiver, 'WRONG_ORDER');
  });

  test('content of an entry a second time is WRONG_ORDER', async () => {
    const { client, receiver, flush } = receiving();
    client.file(1, Buffer.from('x')).file(1, Buffer.from('x'));
    flush();
    await expectRefused(receiver, 'WRONG_ORDER');
  });

  test('a digest where content is wanted is WRONG_ORDER', async () => {
    const { client, receiver, flush } = receiving();
    client.file(1, Buffer.alloc(0), outcomeOf('digest-only'));
    flush();
    await expectRefused(receiver, 'WRONG_ORDER');
  });

  test('the end of another file is WRONG_ORDER', async () => {
    const { client, receiver, flush } = receiving();
    client.session.startFile(1, 0);
    client.session.endFile(2, wholeOf(Buffer.alloc(0)));
    flush();
    await expectRefused(receiver, 'WRONG_ORDER');
  });

  test('COMMIT with content still owed is WRONG_ORDER', async () => {
    const { client, receiver, flush } = receiving();
    client.file(1, Buffer.from('x'));
    client.session.commit({ entries: 3, problems: 0 });
    flush();
    await expectRefused(receiver, 'WRONG_ORDER');
  });

  test('COMMIT before any entry is WRONG_ORDER', async () => {
    const receiver = TestReceiver.greeted(new MemorySink({ eager: true }));
    const client = RecordedClient.welcomed();
    client.take();
    client.session.commit({ entries: 0, problems: 0 });
    receiver.receive(client.take());
    await expectRefused(receiver, 'WRONG_ORDER');
  });
});

describe('JSON that is none', () => {
  test.each([
    ['no JSON', '{'],
    ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22])],
    ['a list', '[]'],
    ['members missing', '{"entries":1}'],
    ['a number that is not whole', '{"entries":1.5,"problems":0}'],
    ['a negative number', '{"entries":-1,"problems":0}'],
    ['deep nesting', '['.repeat(4000)],
  ])('%s is BAD_FRAME', async (_what, text) => {
    await refuses(encodeFrame(FRAME.COMMIT, Buffer.from(text)), 'BAD_FRAME');
  });

  test('owners with ids that are none are BAD_FRAME', async () => {
    for (const id of ['-1', 'root', '', '12345678901']) {
      const text = `{"users":{${JSON.stringify(id)}:"ada"},"groups":{}}`;
      await refuses(encodeFrame(FRAME.OWNERS, Buffer.from(text)), 'BAD_FRAME');
    }
  });

  test('an owner named for the prototype of objects reaches nobody', () => {
    const { receiver } = receiving();
    receiver.receive(encodeFrame(FRAME.OWNERS, Buffer.from('{"users":{"__proto__":"ada"},"groups":{}}')));
    expect(receiver.sink.owners).toEqual([{ users: {}, groups: {} }]);
    expect(Object.getPrototypeOf(receiver.sink.owners[0]?.users)).not.toBe('ada');
  });
});

test('a session that is refused leaves the others alone', async () => {
  const honest = new TestReceiver(new MemorySink({ eager: true }));
  const backup = wholeBackup();
  for (let at = 0; at < backup.length; at += 50) {
    honest.receive(backup.subarray(at, at + 50));
    await refuses(header(0xffffffff, FRAME.FILES), 'FRAME_TOO_LARGE');
  }
  await honest.settled();
  expectWholeBackup(honest.sink);
});
