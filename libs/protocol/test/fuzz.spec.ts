import { randomInt } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  FRAME,
  FRAME_CAPS,
  FrameDecoder,
  SESSION_ERRORS,
  SessionError,
  encodeFrame,
  encodePreamble,
  encodeWant,
  encodeWelcome,
} from '../src/index.js';
import { encodeMessage } from '../src/messages.js';
import { encodeStaged } from '../src/staged-frame.js';
import { MemorySink } from './memory-sink.js';
import { Random, inPieces, mutated } from './mutations.js';
import { HELLO, RecordedClient, TestReceiver, welcomeOf, wholeBackup } from './recorded-client.js';
import { directoryOf, entryOf } from './samples.js';

/** Set FUZZ_SEED to repeat a run, FUZZ_ROUNDS for a longer one. */
const seed = Number(process.env['FUZZ_SEED'] ?? randomInt(2 ** 31));
const rounds = Number(process.env['FUZZ_ROUNDS'] ?? 2_000);

const MEMORY_SLACK_BYTES = 32 * 1024 * 1024;
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

beforeAll(() => {
  process.stdout.write(`fuzz: FUZZ_SEED=${seed} FUZZ_ROUNDS=${rounds}\n`);
});

function usedBytes(): number {
  // The second time waits for what the first one swept in the background.
  collectGarbage();
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function expectNamed(error: unknown): void {
  expect(error).toBeInstanceOf(SessionError);
  expect(Object.hasOwn(SESSION_ERRORS, (error as SessionError).code)).toBe(true);
}

/** Gives a receiver a stream and hangs up; returns what it ended with. */
async function receive(random: Random, stream: Buffer): Promise<string> {
  const receiver = new TestReceiver(new MemorySink({ eager: true }));
  try {
    inPieces(random, stream, (piece) => receiver.receive(piece));
  } catch (error) {
    // Only the handshake throws; a session answers.
    expectNamed(error);
    expect(receiver.sink.entries).toEqual([]);
    return (error as SessionError).code;
  }
  await receiver.settled();
  const { session, sink } = receiver;
  session.end();
  await session.closed;
  expect(sink.releases).toBe(1);
  if (session.error) expectNamed(session.error);
  expect(session.error?.code).not.toBe('INTERNAL');
  if (sink.commits === 1) expect(sink.entries.length).toBeGreaterThan(0);
  return session.error?.code ?? 'committed';
}

test(`mutated backups end in named errors only and leave no memory behind (seed ${seed})`, async () => {
  const random = new Random(seed);
  const backup = wholeBackup();
  const ends = new Map<string, number>();
  const before = usedBytes();
  for (let round = 0; round < rounds; round++) {
    const end = await receive(random, mutated(random, backup));
    ends.set(end, (ends.get(end) ?? 0) + 1);
  }
  expect(usedBytes() - before).toBeLessThan(MEMORY_SLACK_BYTES);
  // The mutations reach deep: many different refusals, and some harmless ones.
  expect(ends.size).toBeGreaterThan(10);
});

test(`random bytes end in named errors only (seed ${seed})`, async () => {
  const random = new Random(seed);
  const hello = Buffer.concat([encodePreamble(), encodeMessage(FRAME.HELLO, HELLO)]);
  for (let round = 0; round < rounds / 4; round++) {
    const noise = random.bytes(random.below(400));
    await receive(random, noise);
    await receive(random, Buffer.concat([hello, noise]));
    const type = random.pick(Object.values(FRAME));
    await receive(random, Buffer.concat([hello, encodeFrame(type, noise)]));
  }
});

test(`a client takes mutated answers of a server with named errors only (seed ${seed})`, () => {
  const random = new Random(seed);
  const answer = Buffer.concat([
    encodePreamble(),
    encodeWelcome(welcomeOf({ mode: 'join' })),
    encodeWant(2, [{ ordinal: 1, what: 'content', offset: 7 }]),
    encodeStaged({ stagedBytes: 0, limitBytes: 2 ** 21 }),
    encodeMessage(FRAME.RECEIPT, { receipt: { snapshot: 's' } }),
  ]);
  for (let round = 0; round < rounds; round++) {
    const client = new RecordedClient();
    client.afterWelcome = () => {
      if (client.session.state === 'streaming') client.entries(directoryOf(''), entryOf('f'));
    };
    client.afterWant = () => client.session.commit({ entries: 2, problems: 0 });
    client.session.open(HELLO);
    inPieces(random, mutated(random, answer), (piece) => client.session.receive(piece));
    client.session.ended();
    expect(client.errors.length).toBe(client.session.state === 'done' ? 0 : 1);
    client.errors.forEach(expectNamed);
  }
});

test(`a decoder never holds more than the largest cap, whatever it is fed (seed ${seed})`, () => {
  const random = new Random(seed);
  const zeros = Buffer.alloc(300_000);
  for (let round = 0; round < 40; round++) {
    const decoder = new FrameDecoder({
      begin: () => undefined,
      frame: () => undefined,
      data: () => undefined,
    });
    for (let frames = 0; frames < 20; frames++) {
      const name = random.pick(Object.keys(FRAME) as (keyof typeof FRAME)[]);
      const length = random.below(FRAME_CAPS[name] + 1);
      const header = Buffer.alloc(8);
      header.writeUInt32BE(length, 0);
      header[4] = FRAME[name];
      decoder.push(header);
      for (let sent = 0; sent < length;) {
        const piece = zeros.subarray(0, Math.min(length - sent, 1 + random.below(zeros.length)));
        decoder.push(piece);
        sent += piece.length;
      }
      expect(decoder.heldBytes).toBeLessThanOrEqual(FRAME_CAPS.FILES);
    }
    expect(decoder.underWay).toBeNull();
  }
});

test('a gigabyte through one session leaves its memory as it was', () => {
  const client = RecordedClient.welcomed();
  client.take();
  client.entries(directoryOf(''), entryOf('f'));
  const receiver = TestReceiver.greeted(new MemorySink({ eager: true }), {
    contentWindow: 4 * FRAME_CAPS.DATA,
  });
  receiver.sink.append = () => undefined;
  client.session.startFile(1, 0);
  receiver.receive(client.take());
  const frame = encodeFrame(FRAME.DATA, Buffer.alloc(FRAME_CAPS.DATA));
  const before = usedBytes();
  for (let i = 0; i < 1024; i++)
    for (let at = 0; at < frame.length; at += 65_536) receiver.receive(frame.subarray(at, at + 65_536));
  expect(receiver.session.progress.contentBytes).toBe(1024 ** 3);
  expect(usedBytes() - before).toBeLessThan(MEMORY_SLACK_BYTES);
});

test('half a million entries through one session leave its memory as it was', () => {
  const sink = new MemorySink({ eager: false });
  let offered = 0;
  sink.offer = () => {
    offered++;
    return { want: 'nothing' };
  };
  const receiver = TestReceiver.greeted(sink, { send: () => undefined });
  const client = RecordedClient.welcomed({ mode: 'join' });
  const entry = entryOf('');
  const feed = (from: number, to: number) => {
    for (let at = from; at < to; at += 500) {
      const names = Array.from({ length: 500 }, (_, i) =>
        Buffer.from(`file-${String(at + i).padStart(9, '0')}`),
      );
      client.take();
      client.entries(...names.map((path) => ({ ...entry, path })));
      receiver.receive(client.take());
    }
  };
  client.take();
  client.entries(directoryOf(''));
  receiver.receive(client.take());
  feed(0, 100_000);
  const before = usedBytes();
  feed(100_000, 500_000);
  expect([offered, receiver.session.error]).toEqual([500_001, null]);
  expect(usedBytes() - before).toBeLessThan(MEMORY_SLACK_BYTES);
});
