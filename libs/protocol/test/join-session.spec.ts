import { BackupServerSession, SessionError, type Decision } from '../src/index.js';
import { MemorySink } from './memory-sink.js';
import { RecordedClient, TestReceiver } from './recorded-client.js';
import { directoryOf, entryOf, outcomeOf, wholeOf } from './samples.js';

const CONTENT = Buffer.from('the content of this file');

/** A welcomed client and a receiver in mode join; `exchange` carries bytes both ways until both are quiet. */
function joined(decisions: Decision[], entryWindow = 16) {
  const client = RecordedClient.welcomed({ mode: 'join', entryWindow });
  client.take();
  const sink = new MemorySink({ eager: false });
  sink.decide = (_entry, ordinal) => decisions[ordinal - 1] ?? { want: 'nothing' };
  const receiver = TestReceiver.greeted(sink, { entryWindow });
  const exchange = async () => {
    for (;;) {
      receiver.receive(client.take());
      await receiver.settled();
      if (receiver.answered.length === 0) return;
      for (const frame of receiver.answered.splice(0)) client.session.receive(frame);
    }
  };
  const names = ['a', 'b', 'c', 'd', 'e', 'f'].slice(0, decisions.length);
  client.entries(directoryOf(''), ...names.map((name) => entryOf(name)));
  return { client, sink, receiver, exchange, entries: decisions.length + 1 };
}

const CONTENT_WANTED: Decision = { want: 'content', offset: 0 };
const DIGEST_WANTED: Decision = { want: 'digest' };
const NOTHING: Decision = { want: 'nothing' };

test('every ENTRIES frame is answered with what is wanted of it', async () => {
  const { client, exchange } = joined([
    CONTENT_WANTED,
    NOTHING,
    DIGEST_WANTED,
    { want: 'content', offset: 9 },
  ]);
  await exchange();
  client.entries(entryOf('e'));
  await exchange();
  expect(client.wants).toEqual([
    {
      decided: 5,
      items: [
        { ordinal: 1, what: 'content', offset: 0 },
        { ordinal: 3, what: 'digest', offset: 0 },
        { ordinal: 4, what: 'content', offset: 9 },
      ],
    },
    { decided: 6, items: [] },
  ]);
});

test('what is wanted is settled, committed and acknowledged', async () => {
  const { client, sink, receiver, exchange, entries } = joined([CONTENT_WANTED, DIGEST_WANTED, NOTHING]);
  sink.known.set(2, wholeOf(CONTENT).digest);
  await exchange();
  client.file(1, CONTENT).file(2, Buffer.alloc(0), { ...wholeOf(CONTENT), status: 'digest-only' });
  client.session.commit({ entries, problems: 0 });
  await exchange();
  expect(client.session.state).toBe('done');
  expect(client.receipts).toEqual([{ snapshot: '2026-11-22T110500Z' }]);
  client.session.bye();
  receiver.receive(client.take());
  await receiver.session.closed;
  expect([receiver.session.error, sink.releases, sink.contents.get(1)]).toEqual([null, 1, CONTENT]);
});

test('a large file goes on where its staging ended', async () => {
  const { client, sink, exchange, entries } = joined([{ want: 'content', offset: 9 }]);
  sink.staged.set(1, CONTENT.subarray(0, 9));
  await exchange();
  client.session.startFile(1, 9);
  client.data(CONTENT.subarray(9)).session.endFile(1, wholeOf(CONTENT));
  client.session.commit({ entries, problems: 0 });
  await exchange();
  expect(client.session.state).toBe('done');
  expect(sink.contents.get(1)).toEqual(CONTENT);
});

test('a client may begin at 0 although an offset was asked for', async () => {
  const { client, sink, exchange } = joined([{ want: 'content', offset: 9 }]);
  await exchange();
  client.file(1, CONTENT);
  await exchange();
  expect(client.errors).toEqual([]);
  expect(sink.contents.get(1)).toEqual(CONTENT);
});

test('staged bytes that do not agree are asked for once more, from 0', async () => {
  const { client, sink, receiver, exchange } = joined([{ want: 'content', offset: 9 }]);
  sink.staged.set(1, Buffer.alloc(9, 0x78));
  await exchange();
  client.session.startFile(1, 9);
  client.data(CONTENT.subarray(9)).session.endFile(1, wholeOf(CONTENT));
  await exchange();
  expect(client.wants.at(-1)).toEqual({ decided: 2, items: [{ ordinal: 1, what: 'content', offset: 0 }] });
  client.session.startFile(1, 0);
  client.data(CONTENT).session.endFile(1, wholeOf(CONTENT));
  await exchange();
  expect(receiver.session.error).toBeNull();
  expect(sink.contents.get(1)).toEqual(CONTENT);
});

test('a storage that asks for the same content a second time ends the session with DIGEST_MISMATCH', async () => {
  const { client, sink, receiver, exchange } = joined([CONTENT_WANTED]);
  sink.settle = () => 'again';
  await exchange();
  client.file(1, CONTENT);
  await exchange();
  client.file(1, CONTENT);
  await exchange();
  expect(receiver.session.error?.code).toBe('DIGEST_MISMATCH');
  expect(client.errors[0]?.code).toBe('DIGEST_MISMATCH');
});

describe('a COMMIT that crosses a repeated request', () => {
  test('is void: the client answers and commits again', async () => {
    const { client, sink, exchange, entries } = joined([DIGEST_WANTED, DIGEST_WANTED]);
    const digest = { ...wholeOf(CONTENT), status: 'digest-only' } as const;
    await exchange();
    client.file(1, Buffer.alloc(0), digest).file(2, Buffer.alloc(0), digest);
    client.session.commit({ entries, problems: 0 });
    // The first of the two requests alone brings the client back; its second COMMIT crosses the other one.
    client.afterWant = (items) => {
      for (const { ordinal } of items) client.file(ordinal, CONTENT);
      client.session.commit({ entries, problems: 0 });
    };
    await exchange();
    expect([client.session.state, client.errors]).toEqual(['done', []]);
    expect([sink.commits, sink.contents.get(1), sink.contents.get(2)]).toEqual([1, CONTENT, CONTENT]);
  });

  test('is WRONG_ORDER if it comes more often than there were requests', async () => {
    const { client, receiver, exchange } = joined([DIGEST_WANTED]);
    await exchange();
    client.file(1, Buffer.alloc(0), outcomeOf('digest-only'));
    client.session.commit({ entries: 2, problems: 0 });
    const commit = client.sent.at(-1) as Buffer;
    receiver.receive(client.take());
    expect(receiver.session.state).toBe('streaming');
    receiver.receive(commit);
    expect(receiver.session.error?.code).toBe('WRONG_ORDER');
  });
});

test('requests repeated by the storage do not count against the window at once, but are bounded', () => {
  const digest = outcomeOf('digest-only');
  const { client, receiver } = joined([DIGEST_WANTED, DIGEST_WANTED], 2);
  receiver.receive(client.take());
  client.file(1, Buffer.alloc(0), digest).file(2, Buffer.alloc(0), digest);
  receiver.sink.decide = () => DIGEST_WANTED;
  client.entries(entryOf('c'), entryOf('d'));
  receiver.receive(client.take());
  expect(receiver.session.error).toBeNull();
  client.file(3, Buffer.alloc(0), digest).file(4, Buffer.alloc(0), digest).entries(entryOf('e'));
  receiver.receive(client.take());
  expect(receiver.session.error?.code).toBe('WINDOW_EXCEEDED');
});

describe('the storage fails', () => {
  const failing = () => {
    throw new SessionError('STORAGE_FULL', 'No room.');
  };

  test.each([
    'offer',
    'settle',
    'startFile',
    'append',
    'appendHole',
    'endFile',
    'addOwners',
    'commit',
  ] as const)('in %s: the client is told, the sink is released', async (method) => {
    const { client, sink, receiver, exchange } = joined([CONTENT_WANTED, CONTENT_WANTED]);
    sink[method] = failing;
    client.afterWant = () => {
      client.session.sendOwners({ users: {}, groups: {} });
      client.file(1, CONTENT).session.startFile(2, 0);
      client.data(CONTENT).session.sendHole(1);
      client.session.endFile(2, wholeOf(Buffer.concat([CONTENT, Buffer.alloc(1)])));
      client.session.commit({ entries: 3, problems: 0 });
    };
    await exchange();
    expect(client.errors.map((error) => error.code)).toEqual(['STORAGE_FULL']);
    await receiver.session.closed;
    expect([receiver.session.error?.code, sink.releases]).toEqual(['STORAGE_FULL', 1]);
  });

  test('with a defect: the client is told INTERNAL, the cause is kept', async () => {
    const { client, sink, receiver, exchange } = joined([]);
    const defect = new TypeError('x is not a function');
    sink.offer = () => {
      throw defect;
    };
    await exchange();
    expect(client.errors[0]).toMatchObject({ code: 'INTERNAL', retryable: true });
    expect(receiver.session.error?.cause).toBe(defect);
  });

  test('to release: the session still closes', async () => {
    const { sink, receiver } = joined([]);
    sink.release = failing;
    receiver.session.end();
    await receiver.session.closed;
    expect(receiver.session.error?.code).toBe('CONNECTION_LOST');
  });
});

describe('a receiver that drains', () => {
  const draining = new SessionError('DRAINING', 'This receiver stops.', { retryAfterMs: 1 });

  test('tells a streaming client to go elsewhere', async () => {
    const { client, receiver, exchange } = joined([CONTENT_WANTED]);
    await exchange();
    receiver.session.fail(draining);
    await exchange();
    expect(client.errors[0]).toMatchObject({ code: 'DRAINING', retryAfterMs: 1 });
    expect(receiver.sink.releases).toBe(1);
  });

  test('lets a commit finish', async () => {
    const { client, receiver, exchange } = joined([]);
    client.session.commit({ entries: 1, problems: 0 });
    receiver.receive(client.take());
    receiver.session.fail(draining);
    await exchange();
    expect(client.session.state).toBe('done');
  });
});

test('a stream that ends while committing lets the commit finish before the sink is released', async () => {
  const { client, sink, receiver } = joined([]);
  let goOn = () => undefined as void;
  sink.beforeCommit = new Promise((resolve) => (goOn = resolve));
  client.session.commit({ entries: 1, problems: 0 });
  receiver.receive(client.take());
  receiver.session.end();
  expect(sink.releases).toBe(0);
  goOn();
  await receiver.session.closed;
  expect([sink.commits, sink.releases]).toEqual([1, 1]);
  expect(receiver.answered.every((frame) => frame[4] !== 0x21)).toBe(true);
});

test('progress counts entries and content as it comes', () => {
  const { client, receiver } = joined([CONTENT_WANTED, CONTENT_WANTED]);
  client.file(1, CONTENT).session.startFile(2, 0);
  client.data(Buffer.alloc(1000));
  receiver.receive(client.take().subarray(0, -100));
  expect(receiver.session.progress).toEqual({ entries: 3, contentBytes: CONTENT.length + 900 });
});

test('a session with the clock and limits of the product needs neither', () => {
  const session = new BackupServerSession({ sink: new MemorySink({ eager: true }), send: () => undefined });
  session.checkDeadlines();
  expect(session.state).toBe('streaming');
});
