import fc from 'fast-check';
import {
  EntriesBatch,
  EntryOrder,
  FRAME_HEADER_BYTES,
  FilesBatch,
  SessionError,
  comparePaths,
  decodeEntries,
  decodeFiles,
  decodeWant,
  encodeEntry,
  decodeEntry,
  encodeWant,
  type Entry,
} from '../src/index.js';
import {
  encodeFileEnd,
  encodeFileStart,
  encodeHole,
  readFileEnd,
  readFileStart,
  readHole,
} from '../src/file-frames.js';
import { FetchBatch, checkFetch, readFetch } from '../src/fetch-frame.js';
import { viewOf } from '../src/integers.js';
import { manifestDigest, readOutcome, treeEntries } from './arbitraries.js';
import { MemorySink } from './memory-sink.js';
import { MemorySource } from './memory-source.js';
import { ReadingPair } from './recorded-reader.js';
import { TestReceiver, expectWholeBackup, wholeBackup } from './recorded-client.js';

const backup = wholeBackup();

test('the entries of any tree survive a round trip, however many frames they fill', () => {
  fc.assert(
    fc.property(treeEntries, fc.nat({ max: 12_000 }), (entries, capacityBytes) => {
      const batch = new EntriesBatch(capacityBytes);
      const frames: Buffer[] = [];
      for (const entry of entries) {
        if (batch.add(entry)) continue;
        frames.push(batch.take());
        expect(batch.add(entry)).toBe(true);
      }
      frames.push(batch.take());
      const read: Entry[] = [];
      for (const frame of frames)
        decodeEntries(frame.subarray(FRAME_HEADER_BYTES), (entry) => read.push(entry));
      expect(read).toEqual(entries);
    }),
  );
});

test('a record with a digest survives a round trip at any place, and does not fit one byte less', () => {
  fc.assert(
    fc.property(treeEntries, manifestDigest, fc.nat({ max: 50 }), (entries, digest, at) => {
      const entry = { ...(entries.at(-1) as Entry), digest };
      const previousPath = entries.at(-2)?.path ?? Buffer.alloc(0);
      const into = Buffer.alloc(1000);
      const end = encodeEntry(entry, previousPath, into, at);
      expect(decodeEntry(into, at, previousPath)).toEqual({ entry, end });
      expect(encodeEntry(entry, previousPath, into.subarray(0, end - 1), at)).toBe(-1);
    }),
  );
});

test('the entries of any tree are in order', () => {
  fc.assert(
    fc.property(treeEntries, (entries) => {
      const order = new EntryOrder();
      for (const entry of entries) order.accept(entry);
    }),
  );
});

test('any two entries swapped, repeated or without their parent are refused', () => {
  fc.assert(
    fc.property(treeEntries, fc.nat(), fc.nat(), (entries, a, b) => {
      fc.pre(entries.length > 2);
      const [i, j] = [1 + (a % (entries.length - 1)), 1 + (b % (entries.length - 1))];
      fc.pre(i !== j);
      const swapped = [...entries];
      [swapped[i], swapped[j]] = [entries[j] as Entry, entries[i] as Entry];
      expect(verdict(swapped)).toMatch(/BAD_ORDER|BAD_PARENT/);
      expect(verdict([...entries.slice(0, i + 1), ...entries.slice(i)])).toBe('BAD_ORDER');
      const orphaned = entries.filter((_, index) => index !== i);
      const slash = Buffer.concat([(entries[i] as Entry).path, Buffer.from('/')]);
      const hasChildren = orphaned.some(({ path }) => path.subarray(0, slash.length).equals(slash));
      expect(verdict(orphaned)).toBe(hasChildren ? 'BAD_PARENT' : 'good');
    }),
  );
});

function verdict(entries: readonly Entry[]): string {
  const order = new EntryOrder();
  try {
    for (const entry of entries) order.accept(entry);
    return 'good';
  } catch (error) {
    if (error instanceof SessionError) return error.code;
    throw error;
  }
}

test('the order of paths is that of their names, level by level', () => {
  const path = fc.array(fc.constantFrom('a', 'b', '-', '0', 'aa', 'a-', '\u00e9', '\x01'), {
    minLength: 1,
    maxLength: 4,
  });
  fc.assert(
    fc.property(path, path, (a, b) => {
      const byName = a
        .map((name, level) => Buffer.compare(Buffer.from(name), Buffer.from(b[level] ?? '')))
        .find((difference) => difference !== 0);
      const expected = byName ?? (a.length === b.length ? 0 : -1);
      expect(Math.sign(comparePaths(Buffer.from(a.join('/')), Buffer.from(b.join('/'))))).toBe(expected);
    }),
  );
});

test('outcomes and content survive a round trip in FILES and FILE_END', () => {
  const item = fc.tuple(fc.nat({ max: 0xffffffff }), readOutcome, fc.uint8Array({ maxLength: 64 }));
  fc.assert(
    fc.property(fc.array(item, { minLength: 1, maxLength: 8 }), (items) => {
      const batch = new FilesBatch();
      const expected = items.map(([ordinal, outcome, bytes]) => {
        const bare = outcome.status === 'vanished' || outcome.status === 'digest-only';
        const content = Buffer.from(bare ? [] : bytes);
        const sized = outcome.status === 'whole' || outcome.status === 'changed';
        const told = sized ? { ...outcome, size: content.length } : outcome;
        content.copy(batch.reserve(100) as Buffer);
        batch.settle(ordinal, told, content.length);
        return [ordinal, told, content];
      });
      const read: unknown[] = [];
      decodeFiles(batch.take().subarray(FRAME_HEADER_BYTES), (...args) => read.push(args));
      expect(read).toEqual(expected);
    }),
  );
  fc.assert(
    fc.property(fc.nat({ max: 0xffffffff }), readOutcome, (ordinal, outcome) => {
      fc.pre(outcome.status !== 'digest-only');
      const payload = encodeFileEnd(ordinal, outcome).subarray(FRAME_HEADER_BYTES);
      expect(readFileEnd(payload)).toEqual({ ordinal, outcome });
    }),
  );
});

test('numbers up to 2^53 survive a round trip, others are never sent', () => {
  fc.assert(
    fc.property(fc.nat({ max: 0xffffffff }), fc.maxSafeNat(), (ordinal, length) => {
      expect(readFileStart(encodeFileStart(ordinal, length).subarray(8))).toEqual({
        ordinal,
        offset: length,
      });
      expect(readHole(encodeHole(length).subarray(8))).toBe(length);
    }),
  );
  for (const value of [-1, 1.5, NaN, Infinity, 2 ** 53]) expect(() => encodeHole(value)).toThrow(RangeError);
});

test('requests survive a round trip', () => {
  const item = fc.record({
    ordinal: fc.nat({ max: 999 }),
    what: fc.constantFrom('content' as const, 'digest' as const),
    offset: fc.maxSafeNat(),
  });
  fc.assert(
    fc.property(fc.array(item), (items) => {
      expect(decodeWant(encodeWant(1000, items).subarray(8))).toEqual({ decided: 1000, items });
    }),
  );
});

test('a backup cut into any pieces arrives whole', async () => {
  const cuts = fc.array(fc.nat({ max: backup.length }), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(cuts, async (offsets) => {
      const receiver = new TestReceiver(new MemorySink({ eager: true }));
      const bounds = [0, ...offsets.sort((a, b) => a - b), backup.length];
      bounds.slice(1).forEach((end, index) => receiver.receive(backup.subarray(bounds[index], end)));
      await receiver.settled();
      expectWholeBackup(receiver.sink);
    }),
  );
});

test('items of FETCH survive a round trip, however many frames they fill', () => {
  const asked = fc.record({
    path: treeEntries
      .map((entries) => entries.at(-1)?.path ?? Buffer.alloc(0))
      .filter((path) => path.length > 0),
    offset: fc.maxSafeNat(),
    lengthBytes: fc.option(fc.maxSafeNat(), { nil: null }),
  });
  fc.assert(
    fc.property(fc.array(asked, { minLength: 1, maxLength: 50 }), (items) => {
      const batch = new FetchBatch();
      items.forEach(({ path, offset, lengthBytes }, id) => batch.add(id, path, offset, lengthBytes));
      const payload = batch.take().subarray(FRAME_HEADER_BYTES);
      expect(checkFetch(payload)).toBe(items.length);
      let at = 0;
      items.forEach((item, id) => {
        const read = readFetch(payload, viewOf(payload), at);
        expect(read.item).toEqual({ id, ...item });
        at = read.end;
      });
    }),
  );
});

test('a listing of any tree, in pages of any length, is the tree', () => {
  fc.assert(
    fc.property(treeEntries, fc.integer({ min: 1, max: 9 }), (entries, limit) => {
      const pair = ReadingPair.open(new MemorySource().add(...entries));
      const { reader } = pair;
      const read: Entry[] = [];
      do {
        reader.session.sendList({
          below: null,
          from: read.at(-1)?.path ?? null,
          depth: 'all',
          limit: limit + 1,
        });
        pair.settle();
        read.push(...reader.entries.splice(0).slice(read.length > 0 ? 1 : 0));
      } while (reader.listed.at(-1));
      expect([reader.errors, read]).toEqual([[], entries]);
    }),
  );
});
