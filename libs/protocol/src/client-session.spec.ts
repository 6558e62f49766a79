import { RecordedClient, HELLO, welcomeOf } from '../test/recorded-client.js';
import { directoryOf, entryOf, wholeOf } from '../test/samples.js';
import { EntriesBatch } from './entries-batch.js';
import { SessionError } from './errors.js';
import { FilesBatch } from './files-batch.js';
import { FRAME, encodeFrame } from './frame.js';
import { encodeError, encodeKeepalive, encodeMessage, encodeWelcome } from './messages.js';
import { encodePreamble } from './preamble.js';
import { encodeWant } from './want-frame.js';

const receipt = encodeMessage(FRAME.RECEIPT, { receipt: { snapshot: 's' } });

function expectFailed(client: RecordedClient, code: string): void {
  expect(client.errors.map((error) => error.code)).toEqual([code]);
  expect(client.session.state).toBe('failed');
  client.session.receive(receipt);
  client.session.ended();
  client.session.abort(new SessionError('CANCELLED', 'Too late.'));
  expect(client.errors).toHaveLength(1);
  expect(client.receipts).toEqual([]);
}

test('a run that was committed before is done with its welcome', () => {
  const client = RecordedClient.welcomed({ receipt: { snapshot: 'old' } });
  expect(client.session.state).toBe('done');
  expect(client.welcomes[0]?.receipt).toEqual({ snapshot: 'old' });
  client.take();
  client.session.bye();
  client.session.bye();
  expect(client.take()).toEqual(encodeFrame(FRAME.BYE));
});

test('a receipt ends the session well, and nothing after it makes it fail', () => {
  const client = RecordedClient.welcomed();
  client.entries(directoryOf(''));
  client.session.commit({ entries: 1, problems: 0 });
  expect(client.session.state).toBe('committing');
  client.session.receive(receipt);
  expect(client.receipts).toEqual([{ snapshot: 's' }]);
  client.session.receive(encodeError(new SessionError('IDLE', 'Silence.')));
  client.session.receive(receipt);
  client.session.ended();
  expect([client.session.state, client.errors]).toEqual(['done', []]);
});

test('the end of the stream before the receipt is CONNECTION_LOST', () => {
  for (const client of [new RecordedClient(), RecordedClient.welcomed()]) {
    client.session.ended();
    expectFailed(client, 'CONNECTION_LOST');
  }
});

test('a server that refuses says why and when to try again', () => {
  const client = new RecordedClient();
  client.session.open(HELLO);
  client.session.receive(encodePreamble());
  client.session.receive(
    encodeError(new SessionError('BUSY', 'All places are taken.', { retryAfterMs: 700 })),
  );
  expect(client.errors[0]).toMatchObject({ code: 'BUSY', retryable: true, retryAfterMs: 700 });
  expectFailed(client, 'BUSY');
});

test('an error of a later version becomes INTERNAL and keeps its name', () => {
  const client = RecordedClient.welcomed();
  client.session.receive(encodeMessage(FRAME.ERROR, { code: 'NEW_ONE', message: 'Hm.', retryable: false }));
  expect(client.errors[0]?.message).toBe('NEW_ONE: Hm.');
  expectFailed(client, 'INTERNAL');
});

test('control characters in a message of the other side are made harmless', () => {
  const client = RecordedClient.welcomed();
  const message = 'a\u001b[2Jb\u202ec'.padEnd(3000, '.');
  client.session.receive(encodeMessage(FRAME.ERROR, { code: 'BUSY', message, retryable: true }));
  expect(client.errors[0]?.message).toBe('a?[2Jb?c'.padEnd(1024, '.'));
});

describe('a hostile server', () => {
  const greeting = (...chunks: Buffer[]): RecordedClient => {
    const client = new RecordedClient();
    client.session.open(HELLO);
    client.session.receive(Buffer.concat(chunks));
    return client;
  };

  test('that is something else is NOT_OUR_PROTOCOL', () => {
    expectFailed(greeting(Buffer.from('SSH-2.0-OpenSSH')), 'NOT_OUR_PROTOCOL');
  });
  test('of another version is VERSION_UNSUPPORTED', () => {
    expectFailed(greeting(Buffer.from('50424b1a02020000', 'hex')), 'VERSION_UNSUPPORTED');
  });
  test('that welcomes twice is WRONG_ORDER', () => {
    const welcome = encodeWelcome(welcomeOf());
    expectFailed(greeting(encodePreamble(), welcome, welcome), 'WRONG_ORDER');
  });
  test('that gives a receipt unasked is WRONG_ORDER', () => {
    expectFailed(greeting(encodePreamble(), encodeWelcome(welcomeOf()), receipt), 'WRONG_ORDER');
  });
  test('that sends frames of clients is WRONG_ORDER', () => {
    const client = RecordedClient.welcomed();
    client.session.receive(encodeFrame(FRAME.DATA, Buffer.from('x')));
    expectFailed(client, 'WRONG_ORDER');
  });
  test('that welcomes against the schema is BAD_FRAME', () => {
    for (const rest of [{ entryWindow: 0 }, { digest: 'md5' }, { mode: 'other' }, { receipt: 7 }]) {
      const welcome = encodeMessage(FRAME.WELCOME, { ...welcomeOf(), ...rest });
      expectFailed(greeting(encodePreamble(), welcome), 'BAD_FRAME');
    }
  });
  test('that announces too much is FRAME_TOO_LARGE', () => {
    expectFailed(greeting(encodePreamble(), Buffer.from('0001000102000000', 'hex')), 'FRAME_TOO_LARGE');
  });
  test.each([
    ['wants what was never sent', encodeWant(3, [])],
    ['wants what it has not decided', encodeWant(1, [{ ordinal: 1, what: 'content', offset: 0 }])],
    ['takes a decision back', Buffer.concat([encodeWant(2, []), encodeWant(1, [])])],
    ['wants fewer items than it says', encodeFrame(FRAME.WANT, Buffer.from('0000000000000001', 'hex'))],
    ['wants less than nothing', encodeFrame(FRAME.WANT, Buffer.alloc(7))],
    ['wants something unknown', encodeFrame(FRAME.WANT, want(0, 2, 0))],
    ['wants from beyond 2^53', encodeFrame(FRAME.WANT, want(0, 0, 0x200000))],
  ])('that %s is BAD_FRAME', (_what, frame) => {
    const client = RecordedClient.welcomed({ mode: 'join' });
    client.entries(directoryOf(''), entryOf('f'));
    client.session.receive(frame);
    expectFailed(client, 'BAD_FRAME');
  });
});

function want(ordinal: number, what: number, offsetHigh: number): Buffer {
  const payload = Buffer.alloc(24);
  payload.writeUInt32BE(1, 0);
  payload.writeUInt32BE(1, 4);
  payload.writeUInt32BE(ordinal, 8);
  payload[12] = what;
  payload.writeUInt32BE(offsetHigh, 16);
  return payload;
}

describe('a caller that breaks the order', () => {
  const fileBegun = () => {
    const client = RecordedClient.welcomed();
    client.session.startFile(1, 0);
    return client.session;
  };
  test('is told at once', () => {
    const { session } = new RecordedClient();
    expect(() => session.sendEntries(new EntriesBatch())).toThrow('idle');
    expect(() => session.commit({ entries: 0, problems: 0 })).toThrow('idle');
    expect(() => session.sendHole(1)).toThrow('no file');
    expect(() => session.endFile(1, wholeOf(Buffer.alloc(0)))).toThrow('no file');
  });
  test('within a file is told at once', () => {
    expect(() => fileBegun().sendEntries(new EntriesBatch())).toThrow('within the file');
    expect(() => fileBegun().sendFiles(new FilesBatch())).toThrow('within the file');
    expect(() => fileBegun().startFile(2, 0)).toThrow('within the file');
    expect(() => fileBegun().commit({ entries: 0, problems: 0 })).toThrow('within the file');
  });
});

test('empty batches send nothing, and every byte sent is counted', () => {
  const client = RecordedClient.welcomed();
  const before = client.session.bytesSent;
  expect(before).toBe(client.take().length);
  client.session.sendEntries(new EntriesBatch());
  client.session.sendFiles(new FilesBatch());
  expect(client.take()).toHaveLength(0);
  client.entries(directoryOf('')).file(0, Buffer.from('x'));
  expect(client.session.bytesSent - before).toBe(client.take().length);
});

test('KEEPALIVE is sent only while the server may expect it', () => {
  const client = new RecordedClient();
  client.session.keepalive();
  client.session.open(HELLO);
  client.take();
  client.session.keepalive();
  expect(client.take()).toHaveLength(0);
  const welcomed = RecordedClient.welcomed();
  welcomed.take();
  welcomed.session.keepalive();
  expect(welcomed.take()).toEqual(encodeKeepalive());
});

test('an aborted session tells the server why', () => {
  const client = RecordedClient.welcomed();
  client.take();
  const error = new SessionError('CANCELLED', 'Cancelled by ada.');
  client.session.abort(error);
  expect(client.take()).toEqual(encodeError(error));
  expectFailed(client, 'CANCELLED');
});

test('a welcome to read, for a client that sends, is BAD_FRAME', () => {
  const client = RecordedClient.welcomed({ mode: 'read' });
  expect(client.welcomes).toEqual([]);
  expectFailed(client, 'BAD_FRAME');
});
