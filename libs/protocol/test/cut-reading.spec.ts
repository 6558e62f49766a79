import { RecordedReader } from './recorded-reader.js';
import {
  TestSnapshotServer,
  expectWholeReading,
  readingTurns,
  tinyTree,
  wholeReading,
} from './recorded-reading.js';

const { asked, answers } = wholeReading();

/** Answers a reader turn by turn, each answer handed over by `give`. */
function answered(give: (reader: RecordedReader, answer: Buffer, turn: number) => void): RecordedReader {
  const reader = new RecordedReader();
  readingTurns(reader).forEach((turn, i) => {
    turn();
    give(reader, answers[i] as Buffer, i);
  });
  return reader;
}

test('what a reader asks may be cut in two at any byte', () => {
  const whole = Buffer.concat(answers);
  asked.forEach((turn, i) => {
    for (let offset = 0; offset <= turn.length; offset++) {
      const server = new TestSnapshotServer(tinyTree());
      asked.slice(0, i).forEach((before) => server.receive(before));
      server.receive(turn.subarray(0, offset));
      server.receive(turn.subarray(offset));
      asked.slice(i + 1).forEach((behind) => server.receive(behind));
      expect([i, offset, server.session.error, server.source.closed]).toEqual([i, offset, null, 1]);
      // Where the cut parts FETCH items from others the batches differ, not what they say.
      if (i < 2) expect(Buffer.concat(server.answered).equals(whole)).toBe(true);
    }
  });
});

test('what a reader asks may come byte by byte', () => {
  const server = new TestSnapshotServer(tinyTree());
  for (const byte of Buffer.concat(asked)) server.receive(Buffer.from([byte]));
  expect([server.session.error, server.session.state, server.source.closed]).toEqual([null, 'closed', 1]);
});

test('a stream that ends at any byte before BYE closes the snapshot', async () => {
  const stream = Buffer.concat(asked);
  for (let offset = 0; offset < stream.length; offset++) {
    const server = new TestSnapshotServer(tinyTree());
    // One turn after the other: nothing is asked before the answer.
    let at = 0;
    for (const turn of asked) {
      if (at < offset) server.receive(turn.subarray(0, offset - at));
      at += turn.length;
    }
    server.session.end();
    await server.session.closed;
    const { source, session } = server;
    expect([offset, session.error?.code, source.closed, source.listing]).toEqual([
      ...[offset, 'CONNECTION_LOST', source.opened, 0],
    ]);
  }
});

test('what a server answers may be cut in two at any byte', () => {
  answers.forEach((answer, cutTurn) => {
    for (let offset = 0; offset <= answer.length; offset++) {
      const reader = answered(({ session }, bytes, turn) => {
        session.receive(turn === cutTurn ? bytes.subarray(0, offset) : bytes);
        if (turn === cutTurn) session.receive(bytes.subarray(offset));
      });
      expectWholeReading(reader);
    }
  });
});

test('what a server answers may come byte by byte, in a buffer that is used again', () => {
  const one = Buffer.alloc(1);
  const reader = answered(({ session }, answer) => {
    for (const byte of answer) {
      one[0] = byte;
      session.receive(one);
    }
  });
  expectWholeReading(reader);
});
