import { randomInt } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { FRAME, SESSION_ERRORS, SessionError, encodeFrame } from '../src/index.js';
import { SNAPSHOT } from './memory-source.js';
import { Random, inPieces, mutated } from './mutations.js';
import { ReadingPair, RecordedReader } from './recorded-reader.js';
import { TestSnapshotServer, readingTurns, tinyTree, wholeReading } from './recorded-reading.js';
import { readingTree } from './reading-tree.js';

/** Set FUZZ_SEED to repeat a run, FUZZ_ROUNDS for a longer one. */
const seed = Number(process.env['FUZZ_SEED'] ?? randomInt(2 ** 31));
const rounds = Number(process.env['FUZZ_ROUNDS'] ?? 500);

const MEMORY_SLACK_BYTES = 32 * 1024 * 1024;
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const { asked, answers } = wholeReading();

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

/** Gives a server what a client says turn by turn and hangs up; returns what it ended with. */
async function serve(random: Random, turns: readonly Buffer[]): Promise<string> {
  const server = new TestSnapshotServer(tinyTree());
  try {
    for (const turn of turns) inPieces(random, turn, (piece) => server.receive(piece));
  } catch (error) {
    // Only the handshake throws; a session answers.
    expectNamed(error);
    return (error as SessionError).code;
  }
  const { session, source } = server;
  session.end();
  await session.closed;
  expect([source.closed, source.listing]).toEqual([source.opened, 0]);
  if (session.error) expectNamed(session.error);
  expect(session.error?.code).not.toBe('INTERNAL');
  return session.error?.code ?? 'good';
}

beforeAll(() => {
  process.stdout.write(`fuzz: FUZZ_SEED=${seed} FUZZ_ROUNDS=${rounds}\n`);
});

test(`mutated requests end in named errors only and leave no memory behind (seed ${seed})`, async () => {
  const random = new Random(seed);
  const ends = new Set<string>();
  await serve(random, asked);
  const before = usedBytes();
  for (let round = 0; round < rounds; round++) {
    const turn = random.below(asked.length);
    ends.add(
      await serve(
        random,
        asked.map((said, i) => (i === turn ? mutated(random, said) : said)),
      ),
    );
  }
  expect(usedBytes() - before).toBeLessThan(MEMORY_SLACK_BYTES);
  expect(ends.size).toBeGreaterThan(6);
});

test(`frames of noise end in named errors only (seed ${seed})`, async () => {
  const random = new Random(seed);
  const opened = asked.slice(0, 2);
  const types = [FRAME.OPEN, FRAME.LIST, FRAME.FETCH, FRAME.ERROR];
  for (let round = 0; round < rounds / 4; round++) {
    const noise = random.bytes(random.below(400));
    await serve(random, [...opened, noise]);
    await serve(random, [...opened, encodeFrame(random.pick(types), noise)]);
  }
});

test(`a reader takes mutated answers with named errors only (seed ${seed})`, () => {
  const random = new Random(seed);
  const before = usedBytes();
  for (let round = 0; round < rounds; round++) {
    const reader = new RecordedReader();
    const mutatedTurn = random.below(answers.length - 1);
    for (const [i, turn] of readingTurns(reader).entries()) {
      if (reader.errors.length > 0) break;
      try {
        turn();
      } catch (error) {
        // A mutation may leave the reader waiting where it would go on.
        expectNamed(error);
        break;
      }
      const answer = answers[i] as Buffer;
      inPieces(random, i === mutatedTurn ? mutated(random, answer) : answer, (piece) =>
        reader.session.receive(piece),
      );
    }
    reader.session.ended();
    expect(reader.errors.length).toBe(reader.session.state === 'done' ? 0 : 1);
    reader.errors.forEach(expectNamed);
  }
  expect(usedBytes() - before).toBeLessThan(MEMORY_SLACK_BYTES);
});

test('a gigabyte and a hundred thousand files through one session leave its memory as it was', () => {
  const pair = ReadingPair.open(readingTree());
  const { reader } = pair;
  let files = 0;
  reader.files.push = () => ++files;
  const round = (): void => {
    reader.fetch(...Array<string>(1_000).fill('a/small'), ...Array<string>(8).fill('a/deep/large'));
    pair.settle();
  };
  round();
  const before = usedBytes();
  for (let i = 0; i < 100; i++) round();
  expect([files, reader.errors, pair.server.error]).toEqual([101 * 1_008, [], null]);
  expect(pair.server.progress.sentBytes).toBeGreaterThan(10 ** 9);
  expect(usedBytes() - before).toBeLessThan(MEMORY_SLACK_BYTES);
});

test('asking for the most files with the longest paths holds no more than the payloads', () => {
  const pair = ReadingPair.open(readingTree());
  pair.reader.session.openSnapshot(SNAPSHOT);
  pair.settle();
  const path = Buffer.from(`${'n'.repeat(255)}/`.repeat(15) + 'n'.repeat(255));
  const before = usedBytes();
  for (let i = 0; i < 8192; i++) pair.reader.session.fetch(path, 0, null);
  pair.reader.session.flush();
  pair.server.receive(pair.reader.take());
  expect(usedBytes() - before).toBeLessThan(8192 * (path.length + 24) + MEMORY_SLACK_BYTES);
  pair.settle();
  expect(pair.reader.files.every(({ status }) => status === 'vanished')).toBe(true);
  expect(pair.reader.files.length).toBe(8192);
});
