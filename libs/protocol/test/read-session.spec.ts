import { digestOf } from '../src/index.js';
import { SNAPSHOT } from './memory-source.js';
import { LARGE, SMALL, readingTree } from './reading-tree.js';
import { ReadingPair } from './recorded-reader.js';
import { entryOf } from './samples.js';

function list(
  pair: ReadingPair,
  range: Partial<Parameters<typeof pair.reader.session.sendList>[0]>,
): string[] {
  pair.reader.entries.length = 0;
  pair.reader.session.sendList({ below: null, from: null, depth: 'all', limit: 1000, ...range });
  pair.settle();
  return pair.reader.entries.map(({ path }) => path.toString('latin1'));
}

test('a snapshot is opened with its receipt and the names of its owners', () => {
  const pair = ReadingPair.open(readingTree());
  expect(pair.reader.opened).toEqual([
    { receipt: { snapshot: SNAPSHOT }, owners: { users: { 1000: 'ada' }, groups: { 100: 'users' } } },
  ]);
  expect([pair.reader.session.state, pair.server.state]).toEqual(['open', 'open']);
});

test('entries come whole, digests and manifest flags included', () => {
  const source = readingTree().addFile('odd', SMALL, { changedWhileRead: true, sparse: true });
  source.add(entryOf('unread', { unreadable: true }));
  const pair = ReadingPair.open(source);
  list(pair, {});
  expect(pair.reader.entries).toEqual(source.sorted);
  expect(pair.reader.listed).toEqual([false]);
});

describe('LIST', () => {
  const pair = ReadingPair.open(readingTree());

  test('of the whole snapshot begins with the root', () => {
    expect(list(pair, {})).toEqual([
      ...['', 'a', 'a/deep', 'a/deep/large', 'a/small', 'b', 'empty', 'link', 'second'],
    ]);
  });
  test('below a directory leaves that out', () => {
    expect(list(pair, { below: Buffer.from('a') })).toEqual(['a/deep', 'a/deep/large', 'a/small']);
  });
  test('of children does not descend', () => {
    expect(list(pair, { below: Buffer.alloc(0), depth: 'children' })).toEqual([
      ...['a', 'b', 'empty', 'link', 'second'],
    ]);
  });
  test('goes on where the last one ended, and says whether there is more', () => {
    expect(list(pair, { from: Buffer.from('a/e'), limit: 2 })).toEqual(['a/small', 'b']);
    expect(pair.reader.listed.at(-1)).toBe(true);
    expect(list(pair, { from: Buffer.from('link'), limit: 2 })).toEqual(['link', 'second']);
    expect(pair.reader.listed.at(-1)).toBe(false);
  });
});

test('files are answered in the order asked, each with the digest of the whole', () => {
  const pair = ReadingPair.open(readingTree());
  pair.reader.fetch('a/deep/large', 'a/small', 'empty', 'second', 'a/small');
  pair.settle();
  const { files } = pair.reader;
  expect(files.map(({ status }) => status)).toEqual(Array(5).fill('whole'));
  expect(files.map(({ content }) => content.equals(LARGE) || content.toString())).toEqual([
    ...[true, 'hello', '', 'hello', 'hello'],
  ]);
  for (const { content, outcome } of files) expect(outcome.digest).toEqual(digestOf(content));
});

test('a part of a file comes with the digest of all of it', () => {
  const pair = ReadingPair.open(readingTree());
  const { session } = pair.reader;
  session.fetch(Buffer.from('a/small'), 1, 3);
  session.fetch(Buffer.from('a/deep/large'), 100_000, 900_000);
  session.fetch(Buffer.from('a/deep/large'), LARGE.length - 5, null);
  session.fetch(Buffer.from('a/small'), 7, null);
  session.flush();
  pair.settle();
  const parts = [SMALL.subarray(1, 4), LARGE.subarray(100_000, 1_000_000), LARGE.subarray(-5), ''];
  expect(pair.reader.files.map(({ content }) => digestOf(content))).toEqual(
    parts.map((part) => digestOf(Buffer.from(part))),
  );
  expect(pair.reader.files.map(({ outcome }) => outcome.digest)).toEqual(
    [SMALL, LARGE, LARGE, SMALL].map(digestOf),
  );
});

test('BYE ends the session and closes the snapshot', async () => {
  const pair = ReadingPair.open(readingTree());
  pair.reader.session.bye();
  pair.settle();
  await pair.server.closed;
  expect([pair.server.error, pair.source.opened, pair.source.closed]).toEqual([null, 1, 1]);
});
