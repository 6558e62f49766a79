import {
  FRAME,
  SESSION_LIMITS,
  SessionError,
  encodeFrame,
  encodeKeepalive,
  encodeError,
} from '../src/index.js';
import { expectRefused } from './expect-refused.js';
import { MemorySink } from './memory-sink.js';
import { RecordedClient, TestReceiver } from './recorded-client.js';
import { directoryOf, entryOf } from './samples.js';

/** A clock that stands still until told. */
class TestClock {
  ms = 1_000_000;
  readonly now = () => this.ms;
}

function receivingAt(clock: TestClock): {
  client: RecordedClient;
  receiver: TestReceiver;
  flush: () => void;
} {
  const client = RecordedClient.welcomed();
  client.take();
  client.entries(directoryOf(''), entryOf('f'));
  const receiver = TestReceiver.greeted(new MemorySink({ eager: true }), { now: clock.now });
  const flush = () => receiver.receive(client.take());
  flush();
  return { client, receiver, flush };
}

describe('a silent peer', () => {
  test('is IDLE after 60 s', async () => {
    const clock = new TestClock();
    const { receiver } = receivingAt(clock);
    clock.ms += 60_000;
    receiver.session.checkDeadlines();
    expect(receiver.session.state).toBe('streaming');
    clock.ms += 1;
    receiver.session.checkDeadlines();
    await expectRefused(receiver, 'IDLE');
  });

  test('is IDLE within a file as well, and what came is let go', async () => {
    const clock = new TestClock();
    const { client, receiver, flush } = receivingAt(clock);
    client.session.startFile(1, 0);
    client.data(Buffer.from('some'));
    flush();
    clock.ms += 60_001;
    receiver.session.checkDeadlines();
    await expectRefused(receiver, 'IDLE');
  });

  test('that sends KEEPALIVE stays', () => {
    const clock = new TestClock();
    const { receiver } = receivingAt(clock);
    for (let seconds = 0; seconds < 3600; seconds += 5) {
      clock.ms += 5000;
      receiver.receive(encodeKeepalive());
      receiver.session.checkDeadlines();
    }
    expect(receiver.session.error).toBeNull();
  });

  test('is waited for as long as a commit lasts, and told that the server lives', async () => {
    const clock = new TestClock();
    const { client, receiver, flush } = receivingAt(clock);
    let goOn = () => undefined as void;
    receiver.sink.beforeCommit = new Promise((resolve) => (goOn = resolve));
    client.file(1, Buffer.from('x'));
    client.session.commit({ entries: 2, problems: 0 });
    flush();
    for (let minutes = 0; minutes < 30; minutes++) {
      clock.ms += 60_000;
      receiver.session.checkDeadlines();
    }
    expect(receiver.answered.map((frame) => frame[4])).toEqual(Array(30).fill(FRAME.KEEPALIVE));
    goOn();
    await receiver.settled();
    expect(receiver.session.state).toBe('done');
  });

  test('that never says BYE after its receipt is left after 10 s, without an error', async () => {
    const clock = new TestClock();
    const { client, receiver, flush } = receivingAt(clock);
    client.file(1, Buffer.from('x'));
    client.session.commit({ entries: 2, problems: 0 });
    flush();
    await receiver.settled();
    expect(receiver.sink.releases).toBe(1);
    clock.ms += 10_001;
    receiver.session.checkDeadlines();
    await receiver.session.closed;
    expect([receiver.session.error, receiver.sink.releases]).toEqual([null, 1]);
  });
});

describe('a slow-drip peer', () => {
  test('that never completes a header is TOO_SLOW after 30 s', async () => {
    const clock = new TestClock();
    const { receiver } = receivingAt(clock);
    for (const byte of [0, 0, 0, 4, FRAME.FILES, 0, 0]) {
      receiver.receive(Buffer.from([byte]));
      clock.ms += 5_000;
      if (clock.ms - 1_000_000 <= 30_000) receiver.session.checkDeadlines();
    }
    receiver.session.checkDeadlines();
    await expectRefused(receiver, 'TOO_SLOW');
  });

  test.each([FRAME.FILES, FRAME.ENTRIES] as const)(
    'in a frame of the type %p is TOO_SLOW after 30 s and its length at 4 KiB/s',
    async (type) => {
      const clock = new TestClock();
      const { receiver } = receivingAt(clock);
      const frame = encodeFrame(type, Buffer.alloc(40_960));
      const deadlineMs = clock.ms + 30_000 + 10_000;
      let at = 0;
      while (clock.ms + 1_000 <= deadlineMs) {
        receiver.receive(frame.subarray(at, ++at));
        clock.ms += 1_000;
        receiver.session.checkDeadlines();
        expect(receiver.session.error).toBeNull();
      }
      clock.ms += 1_000;
      receiver.session.checkDeadlines();
      await expectRefused(receiver, 'TOO_SLOW');
    },
  );

  test('in a DATA frame is TOO_SLOW, although its bytes were passed on', async () => {
    const clock = new TestClock();
    const { client, receiver, flush } = receivingAt(clock);
    client.session.startFile(1, 0);
    flush();
    const frame = encodeFrame(FRAME.DATA, Buffer.alloc(4096));
    for (let at = 0; receiver.session.error === null && at < 100; at++) {
      receiver.receive(frame.subarray(at, at + 1));
      clock.ms += 1_000;
      receiver.session.checkDeadlines();
    }
    await expectRefused(receiver, 'TOO_SLOW');
    expect(clock.ms).toBe(1_000_000 + 32_000);
  });

  test('is not blamed for the time that the storage took', () => {
    const clock = new TestClock();
    const { client, receiver, flush } = receivingAt(clock);
    client.session.startFile(1, 0);
    flush();
    receiver.sink.append = () => void (clock.ms += 120_000);
    const frame = encodeFrame(FRAME.DATA, Buffer.alloc(4096));
    for (let at = 0; at < frame.length; at += 1000) {
      receiver.receive(frame.subarray(at, at + 1000));
      receiver.session.checkDeadlines();
    }
    expect(receiver.session.error).toBeNull();
  });
});

describe('a flood of tiny frames', () => {
  test('601 KEEPALIVE in a minute are FLOOD', async () => {
    const { receiver } = receivingAt(new TestClock());
    for (let i = 0; i < 600; i++) receiver.receive(encodeKeepalive());
    expect(receiver.session.error).toBeNull();
    receiver.receive(encodeKeepalive());
    await expectRefused(receiver, 'FLOOD');
  });

  test.each([FRAME.ENTRIES, FRAME.OWNERS, FRAME.FILES] as const)(
    '10,001 empty frames of the type %p are FLOOD',
    async (type) => {
      const { receiver } = receivingAt(new TestClock());
      const empty = encodeFrame(type);
      for (let i = 0; i < 10_000; i++) receiver.receive(empty);
      expect(receiver.session.error).toBeNull();
      receiver.receive(empty);
      await expectRefused(receiver, 'FLOOD');
    },
  );

  test('10,001 empty DATA frames are FLOOD', async () => {
    const { client, receiver, flush } = receivingAt(new TestClock());
    client.session.startFile(1, 0);
    flush();
    receiver.receive(Buffer.concat(Array<Buffer>(10_000).fill(encodeFrame(FRAME.DATA))));
    expect(receiver.session.error).toBeNull();
    receiver.receive(encodeFrame(FRAME.DATA));
    await expectRefused(receiver, 'FLOOD');
  });

  test('10,001 DATA and HOLE below 512 bytes in one file are FLOOD', async () => {
    const { client, receiver, flush } = receivingAt(new TestClock());
    client.session.startFile(1, 0);
    for (let i = 0; i < 5_000; i++) {
      client.data(Buffer.from([1]));
      client.session.sendHole(1);
    }
    flush();
    expect(receiver.session.error).toBeNull();
    client.data(Buffer.from([1]));
    flush();
    await expectRefused(receiver, 'FLOOD');
  });

  test('more than 8 MiB of OWNERS are FLOOD', async () => {
    const { receiver } = receivingAt(new TestClock());
    const users = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [i, 'n'.repeat(200)]));
    const frame = encodeFrame(FRAME.OWNERS, Buffer.from(JSON.stringify({ users, groups: {} })));
    const fitting = Math.floor(SESSION_LIMITS.ownerBytes / (frame.length - 8));
    for (let i = 0; i < fitting; i++) receiver.receive(frame);
    expect(receiver.session.error).toBeNull();
    receiver.receive(frame);
    await expectRefused(receiver, 'FLOOD');
  });

  test('more entries than the window holds are WINDOW_EXCEEDED', async () => {
    const client = RecordedClient.welcomed();
    client.take();
    const receiver = TestReceiver.greeted(new MemorySink({ eager: true }), { entryWindow: 3 });
    client.entries(directoryOf(''), entryOf('a'), entryOf('b'), entryOf('c'));
    receiver.receive(client.take());
    expect(receiver.session.error).toBeNull();
    client.entries(entryOf('d'));
    receiver.receive(client.take());
    await expectRefused(receiver, 'WINDOW_EXCEEDED');
  });
});

describe('a peer that gives up', () => {
  test('with ERROR ends the session with its error, and gets no answer', async () => {
    const { receiver } = receivingAt(new TestClock());
    receiver.receive(encodeError(new SessionError('CANCELLED', 'Cancelled by ada.')));
    await receiver.session.closed;
    expect(receiver.session.error).toMatchObject({ code: 'CANCELLED', message: 'Cancelled by ada.' });
    expect([receiver.answered, receiver.sink.releases]).toEqual([[], 1]);
  });
});
