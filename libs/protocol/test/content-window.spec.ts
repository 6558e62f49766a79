import fc from 'fast-check';
import {
  DEFAULT_CONTENT_WINDOW_BYTES,
  FRAME,
  LEAST_CONTENT_WINDOW_BYTES,
  encodeFrame,
} from '../src/index.js';
import { ContentWindow } from '../src/content-window.js';
import { readStaged } from '../src/staged-frame.js';
import { MemorySink } from './memory-sink.js';
import { RecordedClient, TestReceiver } from './recorded-client.js';
import { directoryOf, entryOf, wholeOf } from './samples.js';

const KIB = 1024;
const MIB = 1024 * KIB;

/** A client within a large file and its receiver; `exchange` carries bytes both ways. */
function withinFile(contentWindow: number) {
  const client = RecordedClient.welcomed({ contentWindow });
  client.take();
  client.entries(directoryOf(''), entryOf('f'), entryOf('g'));
  const sink = new MemorySink({ eager: true });
  sink.append = () => undefined;
  sink.endFile = () => 'done';
  const receiver = TestReceiver.greeted(sink, { contentWindow });
  client.session.startFile(1, 0);
  const answer = (): void => {
    for (const frame of receiver.answered.splice(0)) client.session.receive(frame);
  };
  const exchange = (): void => {
    receiver.receive(client.take());
    answer();
  };
  return { client, receiver, sink, exchange, answer };
}

function data(bytes: number): Buffer {
  return Buffer.alloc(bytes);
}

test('a client may send its first window unasked and not a byte more', () => {
  const { client } = withinFile(LEAST_CONTENT_WINDOW_BYTES);
  expect(client.session.contentRoomBytes).toBe(LEAST_CONTENT_WINDOW_BYTES);
  client.data(data(LEAST_CONTENT_WINDOW_BYTES - 1));
  expect(client.session.contentRoomBytes).toBe(1);
  client.take();
  expect(() => client.data(data(2))).toThrow('allowed');
  expect(client.take()).toHaveLength(0);
});

test('a batch of small files counts with all its payload, and stays as it is where there is no room', () => {
  const { client } = withinFile(LEAST_CONTENT_WINDOW_BYTES);
  client.data(data(LEAST_CONTENT_WINDOW_BYTES - 100)).session.endFile(1, wholeOf(Buffer.alloc(0)));
  expect(() => client.file(2, Buffer.alloc(33))).toThrow('allowed');
  client.file(2, Buffer.alloc(32));
  expect(client.session.contentRoomBytes).toBe(0);
});

test('a server that keeps up grants more long before the window is used up', () => {
  const { client, exchange } = withinFile(MIB);
  for (let sent = 0; sent < 200; sent++) {
    client.data(data(64 * KIB));
    exchange();
    expect(client.session.contentRoomBytes).toBeGreaterThan((MIB * 3) / 4);
  }
});

test('nothing is told as staged before the storage has staged it', () => {
  const { client, receiver, sink, exchange } = withinFile(MIB);
  const told: number[] = [];
  sink.stage = () => {
    expect(receiver.answered).toHaveLength(0);
    told.push(receiver.session.progress.contentBytes);
  };
  receiver.answered.length = 0;
  for (let sent = 0; sent < 8; sent++) {
    client.data(data(128 * KIB));
    receiver.receive(client.take());
    const [frame] = receiver.answered;
    if (frame) expect(readStaged(frame.subarray(8)).stagedBytes).toBe(told.at(-1));
    for (const answer of receiver.answered.splice(0)) client.session.receive(answer);
  }
  exchange();
  // An eighth of the window each time, and that has grown by a sixteenth.
  expect(told).toEqual([128, 384, 640, 896].map((kib) => kib * KIB));
});

test('a storage that cannot stage ends the session', () => {
  const { client, receiver, sink, exchange } = withinFile(MIB);
  sink.stage = () => {
    throw new Error('the disk has gone');
  };
  client.data(data(MIB));
  exchange();
  expect(client.errors[0]).toMatchObject({ code: 'INTERNAL' });
  expect(receiver.session.state).toBe('closed');
});

test('the window grows with what is staged, so that one death costs a sixteenth and the start at most', () => {
  const window = new ContentWindow(DEFAULT_CONTENT_WINDOW_BYTES);
  const lossAfter = (stagedBytes: number): number => {
    window.take(stagedBytes - taken);
    taken = stagedBytes;
    const staged = readStaged(window.tell().subarray(8));
    return staged.limitBytes - staged.stagedBytes;
  };
  let taken = 0;
  expect(lossAfter(16 * MIB)).toBe(2 * MIB);
  expect(lossAfter(80 * MIB)).toBe(6 * MIB);
  expect(lossAfter(1000 * MIB)).toBe(63.5 * MIB);
  expect(lossAfter(2 ** 40)).toBe(64 * MIB);
});

test('a start above the largest window stays as it is', () => {
  const window = new ContentWindow(256 * MIB);
  window.take(2 ** 40);
  const { stagedBytes, limitBytes } = readStaged(window.tell().subarray(8));
  expect(limitBytes - stagedBytes).toBe(256 * MIB);
});

test('whatever a client sends within its room is taken, and it is never left without room', () => {
  const least = 64 * KIB + 68;
  fc.assert(
    fc.property(
      fc.integer({ min: LEAST_CONTENT_WINDOW_BYTES, max: 4 * MIB }),
      fc.array(fc.record({ bytes: fc.integer({ min: 1, max: MIB }), answered: fc.boolean() }), {
        maxLength: 60,
      }),
      (contentWindow, steps) => {
        const { client, receiver, exchange, answer } = withinFile(contentWindow);
        for (const { bytes, answered } of steps) {
          client.data(data(Math.min(bytes, client.session.contentRoomBytes)));
          receiver.receive(client.take());
          if (answered || client.session.contentRoomBytes < least) answer();
          expect(client.session.contentRoomBytes).toBeGreaterThanOrEqual(least);
        }
        exchange();
        expect([receiver.session.error, client.errors]).toEqual([null, []]);
      },
    ),
    { numRuns: 30 },
  );
});

describe('a client that ignores the window', () => {
  const beyond = (type: number, bytes: number): Buffer => {
    const header = Buffer.alloc(8);
    header.writeUInt32BE(bytes, 0);
    header[4] = type;
    return header;
  };

  test('is refused by the header of the frame that is too much, and nothing of it is stored', () => {
    const { client, receiver, sink } = withinFile(LEAST_CONTENT_WINDOW_BYTES);
    let stored = 0;
    sink.append = (bytes) => void (stored += bytes.length);
    // It does not read what it is granted, but a server that has taken nothing grants nothing.
    receiver.receive(client.take());
    receiver.receive(beyond(FRAME.DATA, LEAST_CONTENT_WINDOW_BYTES + 1));
    expect([receiver.session.error?.code, stored]).toEqual(['WINDOW_EXCEEDED', 0]);
  });

  test('is refused for many frames as for one, of files small or large', () => {
    const { client, receiver, exchange } = withinFile(LEAST_CONTENT_WINDOW_BYTES);
    client.data(data(128 * KIB - 1)).session.endFile(1, wholeOf(data(128 * KIB - 1)));
    exchange();
    expect(receiver.session.error).toBeNull();
    receiver.receive(beyond(FRAME.FILES, client.session.contentRoomBytes + 1));
    expect(receiver.session.error?.code).toBe('WINDOW_EXCEEDED');
  });

  test('may go to the very limit', () => {
    const { client, receiver } = withinFile(LEAST_CONTENT_WINDOW_BYTES);
    receiver.receive(client.take());
    receiver.receive(encodeFrame(FRAME.DATA, data(LEAST_CONTENT_WINDOW_BYTES)));
    expect(receiver.session.error).toBeNull();
  });
});

describe('a server that lies about what it staged', () => {
  const staged = (stagedBytes: number | bigint, limitBytes: number | bigint): Buffer => {
    const payload = Buffer.alloc(16);
    payload.writeBigUInt64BE(BigInt(stagedBytes), 0);
    payload.writeBigUInt64BE(BigInt(limitBytes), 8);
    return encodeFrame(FRAME.STAGED, payload);
  };
  const streaming = (): RecordedClient => {
    const client = RecordedClient.welcomed({ contentWindow: MIB });
    client.entries(directoryOf(''), entryOf('f'));
    client.session.startFile(1, 0);
    return client.data(data(600 * KIB));
  };
  const code = (client: RecordedClient): string | undefined => client.errors[0]?.code;

  test.each([
    ['more than was sent', [staged(600 * KIB + 1, 4 * MIB)]],
    ['less than before', [staged(300_000, 4 * MIB), staged(299_999, 4 * MIB)]],
    ['a limit below the one before', [staged(300_000, 4 * MIB), staged(300_000, 4 * MIB - 1)]],
    ['a limit below the first window', [staged(0, MIB - 1)]],
    ['a window that no batch fits into', [staged(600 * KIB, 600 * KIB + LEAST_CONTENT_WINDOW_BYTES - 1)]],
    ['a limit beyond 2^53', [staged(0, 2n ** 53n)]],
    ['bytes beyond 2^53', [staged(2n ** 53n, 2n ** 53n)]],
    ['nothing', [encodeFrame(FRAME.STAGED)]],
    ['half of it', [encodeFrame(FRAME.STAGED, Buffer.alloc(8))]],
  ])('and says %s is BAD_FRAME', (_what, frames) => {
    const client = streaming();
    for (const frame of frames) client.session.receive(frame);
    expect([code(client), client.session.state]).toEqual(['BAD_FRAME', 'failed']);
  });

  test('by a longer frame is FRAME_TOO_LARGE', () => {
    const client = streaming();
    client.session.receive(encodeFrame(FRAME.STAGED, Buffer.alloc(17)));
    expect(code(client)).toBe('FRAME_TOO_LARGE');
  });

  test.each([
    ['before it welcomed', new RecordedClient()],
    ['when all is over', RecordedClient.welcomed({ receipt: { snapshot: 's' } })],
  ])('%s is WRONG_ORDER', (_when, client) => {
    if (client.session.state === 'idle') {
      client.session.open({ ticket: 't', agent: 'a', digest: ['blake3'], capabilities: [] });
      client.session.receive(Buffer.from('50424b1a01010000', 'hex'));
    }
    client.session.receive(staged(0, MIB));
    // A session that is done stays so; one that begins has failed.
    expect(client.session.state).toBe(client.welcomes.length > 0 ? 'done' : 'failed');
    if (client.welcomes.length === 0) expect(code(client)).toBe('WRONG_ORDER');
  });

  test('in its welcome is BAD_FRAME', () => {
    for (const contentWindow of [null, 0, LEAST_CONTENT_WINDOW_BYTES - 1, 2 ** 53, 1.5])
      expect(code(RecordedClient.welcomed({ contentWindow }))).toBe('BAD_FRAME');
  });

  test('is believed while COMMIT is on its way', () => {
    const client = streaming();
    client.session.endFile(1, wholeOf(data(600 * KIB)));
    client.session.commit({ entries: 2, problems: 0 });
    client.session.receive(staged(600 * KIB, 4 * MIB));
    expect([client.session.state, client.session.contentRoomBytes]).toEqual([
      'committing',
      4 * MIB - 600 * KIB,
    ]);
  });
});
