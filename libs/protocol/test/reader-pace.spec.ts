import { FRAME, encodeFrame, encodeKeepalive, type ReadServerSession } from '../src/index.js';
import { SNAPSHOT } from './memory-source.js';
import { ReadingPair } from './recorded-reader.js';
import { LARGE, readingTree } from './reading-tree.js';

const MINUTES_10 = 600_000;
const MIB = 1024 * 1024;

class TestClock {
  ms = 1_000_000;
}

function open(clock: TestClock): ReadingPair {
  const pair = ReadingPair.open(readingTree(), { now: () => clock.ms });
  pair.reader.take();
  return pair;
}

function later(clock: TestClock, server: ReadServerSession, ms: number): string | undefined {
  clock.ms += ms;
  server.checkDeadlines();
  return server.error?.code;
}

/** A pair whose server has been asked for 60 copies of a large file. */
function asked(clock: TestClock): ReadingPair {
  const pair = open(clock);
  pair.reader.fetch(...Array<string>(60).fill('a/deep/large'));
  pair.server.receive(pair.reader.take());
  return pair;
}

test('a silent client is IDLE after 10 min, not before', () => {
  const clock = new TestClock();
  const { server } = open(clock);
  expect(later(clock, server, MINUTES_10)).toBeUndefined();
  expect(later(clock, server, 1)).toBe('IDLE');
});

test('a client that sends KEEPALIVE stays', () => {
  const clock = new TestClock();
  const { server, answered } = open(clock);
  for (let minutes = 0; minutes < 120; minutes++) {
    server.receive(encodeKeepalive());
    expect(later(clock, server, 60_000)).toBeUndefined();
    for (const frame of answered.splice(0)) server.left(frame.length);
  }
});

test('a client may be silent while it is sent to, and its 10 min begin when that ends', () => {
  const clock = new TestClock();
  const { server, answered } = asked(clock);
  while (server.wantsToSend || server.unsentBytes > 0) {
    server.produce();
    expect(later(clock, server, MINUTES_10 - 1)).toBeUndefined();
    for (const frame of answered.splice(0)) server.left(frame.length);
  }
  expect(later(clock, server, MINUTES_10)).toBeUndefined();
  expect(later(clock, server, 1)).toBe('IDLE');
});

test('KEEPALIVE while it is sent to does not lengthen what is allowed afterwards', () => {
  const clock = new TestClock();
  const { server, answered } = asked(clock);
  server.produce();
  clock.ms += MINUTES_10 / 2;
  server.receive(encodeKeepalive());
  while (server.wantsToSend || server.unsentBytes > 0) {
    server.produce();
    for (const frame of answered.splice(0)) server.left(frame.length);
  }
  expect(later(clock, server, MINUTES_10)).toBeUndefined();
  expect(later(clock, server, 1)).toBe('IDLE');
});

test('a client that takes nothing for 10 min is TOO_SLOW, whatever it says meanwhile', async () => {
  const clock = new TestClock();
  const { server, source } = asked(clock);
  server.produce();
  for (let minutes = 0; minutes < 10; minutes++) {
    server.receive(encodeKeepalive());
    expect(later(clock, server, 60_000)).toBeUndefined();
  }
  expect(later(clock, server, 1)).toBe('TOO_SLOW');
  await server.closed;
  expect(source.closed).toBe(1);
});

test('a frame that is never complete is TOO_SLOW', () => {
  const clock = new TestClock();
  const { server } = open(clock);
  server.receive(encodeFrame(FRAME.FETCH, Buffer.alloc(40_960)).subarray(0, 9));
  expect(later(clock, server, 40_000)).toBeUndefined();
  expect(later(clock, server, 1)).toBe('TOO_SLOW');
});

test('time that this side holds the client is not the client’s', () => {
  const clock = new TestClock();
  const { server } = open(clock);
  server.holdPeer(true);
  expect(later(clock, server, 10 * MINUTES_10)).toBeUndefined();
  server.holdPeer(false);
  expect(later(clock, server, MINUTES_10)).toBeUndefined();
});

test('a server that has sent nothing for 5 s says that it lives', () => {
  const clock = new TestClock();
  const { server, answered } = open(clock);
  later(clock, server, 4_999);
  expect(answered).toEqual([]);
  later(clock, server, 1);
  expect(answered.map((frame) => frame[4])).toEqual([FRAME.KEEPALIVE]);
});

test('nothing is produced while 8 MiB are unsent, and each slice is small', () => {
  const { server, answered } = asked(new TestClock());
  let slices = 0;
  let before = 0;
  while (server.produce() === 'more') {
    slices++;
    expect(server.unsentBytes - before).toBeLessThan(2 * MIB);
    before = server.unsentBytes;
  }
  expect(slices).toBeGreaterThan(4);
  expect(server.unsentBytes).toBeGreaterThanOrEqual(8 * MIB);
  expect(server.unsentBytes).toBeLessThan(9 * MIB);
  const frames = answered.length;
  expect([server.produce(), answered.length]).toEqual(['idle', frames]);
  server.left(MIB);
  expect(server.wantsToSend).toBe(true);
});

test('every frame of 64 KiB and more has memory of its own, and what comes back is used again', () => {
  const source = readingTree();
  for (let i = 0; i < 300; i++) source.addFile(`small/${i}`, Buffer.alloc(5_000, 'x'));
  const pair = ReadingPair.open(source);
  const large = Array<string>(20).fill('a/deep/large');
  pair.reader.fetch(...large, ...Array.from({ length: 300 }, (_, i) => `small/${i}`), ...large);
  pair.server.receive(pair.reader.take());
  const memory = new Set<ArrayBuffer>();
  while (pair.server.wantsToSend) {
    pair.server.produce();
    for (const frame of pair.answered.splice(0)) {
      pair.reader.session.receive(frame);
      if (frame.length < 65_536) {
        pair.server.left(frame.length);
        continue;
      }
      expect(frame.byteOffset).toBe(0);
      expect(frame.buffer.byteLength).toBeLessThan(600 * 1024);
      memory.add(frame.buffer as ArrayBuffer);
      pair.server.left(frame.length, frame.buffer as ArrayBuffer);
    }
  }
  const contents = pair.reader.files.map(({ content }) => content);
  expect(contents.length).toBe(340);
  expect(contents.filter((content) => content.equals(LARGE)).length).toBe(40);
  expect(contents.slice(20, 320).every((content) => content.equals(Buffer.alloc(5_000, 'x')))).toBe(true);
  expect(memory.size).toBeLessThan(16);
});

test('a snapshot that is opened in place of another closes that one', () => {
  const pair = open(new TestClock());
  pair.reader.session.openSnapshot(SNAPSHOT);
  pair.settle();
  expect([pair.source.opened, pair.source.closed, pair.server.state]).toEqual([2, 1, 'open']);
});
