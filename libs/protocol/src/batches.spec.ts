import { directoryOf, entryOf, outcomeOf, wholeOf } from '../test/samples.js';
import { EntriesBatch } from './entries-batch.js';
import { decodeEntries } from './entry-codec.js';
import { FilesBatch } from './files-batch.js';
import { MAX_SMALL_FILE_BYTES, decodeFiles } from './files-frame.js';
import { FRAME, FRAME_CAPS, FRAME_HEADER_BYTES } from './frame.js';

function longest(letter: string): Buffer {
  return Buffer.from(`${letter.repeat(255)}/`.repeat(16).slice(0, -1) + letter);
}

describe('a batch of entries', () => {
  test('answers false when it is full, and takes the same entry once it is empty', () => {
    const batch = new EntriesBatch();
    let added = 0;
    while (batch.add(entryOf(`file-${String(added).padStart(6, '0')}`))) added++;
    const refused = entryOf(`file-${String(added).padStart(6, '0')}`);
    expect(batch.count).toBe(added);
    const frame = batch.take();
    expect(frame.length).toBeLessThanOrEqual(FRAME_HEADER_BYTES + 64 * 1024);
    expect(frame.length).toBeGreaterThan(FRAME_HEADER_BYTES + 65_000);
    expect([batch.count, batch.add(refused)]).toEqual([0, true]);
  });

  test('takes the longest entry that there is whenever it is empty, however small it was asked to be', () => {
    const batch = new EntriesBatch(1);
    const entry = entryOf(longest('n'), { kind: 'symlink', target: longest('t'), digest: Buffer.alloc(32) });
    expect([entry.path.length, batch.add(entry), batch.add(entry)]).toEqual([4096, true, false]);
    const frame = batch.take();
    expect(frame.length).toBeLessThanOrEqual(FRAME_HEADER_BYTES + FRAME_CAPS.ENTRIES);
    decodeEntries(frame.subarray(FRAME_HEADER_BYTES), (read) => expect(read).toEqual(entry));
  });

  test('shares nothing with the frame before, which stays as it was', () => {
    const batch = new EntriesBatch();
    batch.add(entryOf('directory/a'));
    const first = batch.take();
    const copy = Buffer.from(first);
    batch.add(entryOf('directory/b'));
    const paths: string[] = [];
    decodeEntries(batch.take().subarray(FRAME_HEADER_BYTES), ({ path }) => paths.push(path.toString()));
    expect(paths).toEqual(['directory/b']);
    expect(first.equals(copy)).toBe(true);
  });

  test('refuses an entry that no frame can carry and is as before', () => {
    const batch = new EntriesBatch();
    batch.add(directoryOf(''));
    expect(() => batch.add(entryOf(Buffer.alloc(4097, 0x61)))).toThrow(
      expect.objectContaining({ code: 'BAD_PATH' }),
    );
    const target = Buffer.alloc(4097, 0x61);
    expect(() => batch.add(entryOf('s', { kind: 'symlink', target }))).toThrow(
      expect.objectContaining({ code: 'BAD_ENTRY' }),
    );
    expect([batch.count, batch.take().length]).toEqual([1, FRAME_HEADER_BYTES + 42]);
  });
});

describe('a batch of files', () => {
  const content = Buffer.alloc(MAX_SMALL_FILE_BYTES, 7);

  test('takes small files until it holds 128 KiB, and never outgrows its frame', () => {
    const batch = new FilesBatch();
    let ordinal = 0;
    for (let place = batch.reserve(content.length); place; place = batch.reserve(content.length)) {
      content.copy(place);
      batch.settle(ordinal++, wholeOf(content), content.length);
    }
    expect([batch.count, batch.bytes]).toEqual([2, 2 * (68 + 65_536)]);
    const frame = batch.take();
    expect(frame.length - FRAME_HEADER_BYTES).toBeLessThanOrEqual(FRAME_CAPS.FILES);
    expect([frame[4], frame.readUInt32BE(0)]).toEqual([FRAME.FILES, frame.length - FRAME_HEADER_BYTES]);
    expect([batch.count, batch.bytes]).toEqual([0, 0]);
    let read = 0;
    decodeFiles(frame.subarray(FRAME_HEADER_BYTES), (_ordinal, _outcome, bytes) => {
      expect(bytes.equals(content)).toBe(true);
      read++;
    });
    expect(read).toBe(2);
  });

  test('gives room to see that a file grew, and sends only what was settled', () => {
    const batch = new FilesBatch();
    const place = batch.reserve(MAX_SMALL_FILE_BYTES + 1) as Buffer;
    expect(place.length).toBe(MAX_SMALL_FILE_BYTES + 1);
    expect(() => batch.settle(1, outcomeOf('changed'), MAX_SMALL_FILE_BYTES + 1)).toThrow(RangeError);
    place.write('ab');
    batch.settle(1, outcomeOf('changed', { size: 2 }), 2);
    decodeFiles(batch.take().subarray(FRAME_HEADER_BYTES), (_ordinal, outcome, bytes) =>
      expect([outcome.size, bytes.toString()]).toEqual([2, 'ab']),
    );
  });

  test('refuses to settle what was not reserved', () => {
    const batch = new FilesBatch();
    expect(() => batch.settle(1, outcomeOf('vanished'), 0)).toThrow(RangeError);
    batch.reserve(3);
    expect(() => batch.settle(1, outcomeOf('whole', { size: 4 }), 4)).toThrow(RangeError);
    batch.settle(1, outcomeOf('vanished'), 0);
    expect(() => batch.settle(2, outcomeOf('vanished'), 0)).toThrow(RangeError);
  });

  test('gives the place of an item that was not settled again', () => {
    const batch = new FilesBatch();
    (batch.reserve(5) as Buffer).write('first');
    (batch.reserve(6) as Buffer).write('second');
    batch.settle(9, outcomeOf('whole', { size: 6 }), 6);
    decodeFiles(batch.take().subarray(FRAME_HEADER_BYTES), (ordinal, _outcome, bytes) =>
      expect([ordinal, bytes.toString()]).toEqual([9, 'second']),
    );
  });

  test('leaves a taken frame alone, unless it is given back', () => {
    const batch = new FilesBatch();
    const fill = (text: string) => {
      (batch.reserve(text.length) as Buffer).write(text);
      batch.settle(1, outcomeOf('whole', { size: text.length }), text.length);
      return batch.take();
    };
    const first = fill('first');
    const copy = Buffer.from(first);
    const second = fill('other');
    expect(first.equals(copy)).toBe(true);
    batch.recycle(second);
    expect(fill('third').buffer).toBe(second.buffer);
    batch.recycle(Buffer.alloc(10));
    expect(fill('fourth').toString('latin1', 76)).toBe('fourth');
  });
});
