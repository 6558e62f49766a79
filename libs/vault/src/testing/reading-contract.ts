import { describe, expect, it } from '@jest/globals';
import { comparePaths, type Entry } from '@periodic-backup/protocol';
import type { EntryRange, SnapshotReading } from '../vault.js';
import { MemorySource } from './memory-source.js';
import { seededContent } from './seeded-content.js';
import type { ContractContext } from './vault-contract.js';

const NOT_UTF8 = Buffer.from('d/\xff\xfe', 'latin1');
const LARGE = seededContent('large', 3_000_000);

/** `d!` comes after all below `d` although `!` is less than `/`; `d` with the least byte behind it comes next to it. */
function source(): MemorySource {
  const tree = new MemorySource()
    .directory('d')
    .file('d/a', 'alpha')
    .directory('d/deep')
    .directory('d/deep/er')
    .file('d/deep/er/f', LARGE)
    .hardLink('d/link', 'd/a')
    .symlink('d/soft', '../nowhere')
    .file(NOT_UTF8, 'bytes')
    .file('d\x01', 'next')
    .file('d!', 'later')
    .special('fifo', 'fifo')
    .file('lost', 'x');
  tree.directory('many');
  for (let i = 10_000; i < 14_000; i++) tree.directory(`many/m${i}`).file(`many/m${i}/f`, `${i}`);
  return tree;
}

/** Snapshots are read in place: any directory, any file, in any order. */
export function readingContract(context: () => ContractContext): void {
  describe('an open snapshot', () => {
    async function opened(): Promise<{ reading: SnapshotReading; all: Entry[] }> {
      const { plan, subject } = context();
      const { receipt } = await plan.backUp(source(), { outcomes: { lost: 'unreadable' } });
      const reading = subject.reopen().openSnapshot(plan.place, receipt.snapshot);
      expect(reading.receipt).toEqual(receipt);
      return { reading, all: plan.entryList(receipt.snapshot) };
    }

    it('gives any range of its entries, by depth and place', async () => {
      const { reading, all } = await opened();
      const places = [
        '',
        'd',
        'd/a',
        'd/deep',
        'd/deep/er',
        'd/deep/er/f',
        'd!',
        'many',
        'many/m12345',
        'none',
      ];
      const froms = [
        null,
        '',
        'd',
        'd/',
        'd/b',
        'd/deep/er/f',
        'd\x01',
        'many/m10500/f',
        'many/m13999/z',
        'z',
      ];
      for (const below of [null, ...places])
        for (const from of froms)
          for (const depth of ['children', 'all'] as const) {
            const range = { below: bytesOf(below), from: bytesOf(from), depth };
            expect(names(reading.entries(range))).toEqual(names(expected(all, range)));
          }
      reading.close();
    });

    it('finds any path, in any order', async () => {
      const { reading, all } = await opened();
      for (let i = 0; i < all.length; i += 7) {
        const entry = all[i] as Entry;
        expect(reading.find(entry.path)).toEqual(entry);
        expect(reading.find(Buffer.concat([entry.path, Buffer.from('~')]))).toBeNull();
      }
      for (let i = all.length - 1; i >= 0; i -= 501)
        expect(reading.find((all[i] as Entry).path)).toEqual(all[i]);
      for (const path of ['', 'd', NOT_UTF8, 'many/m13999/f'])
        expect(reading.find(Buffer.from(path))?.path).toEqual(Buffer.from(path));
      for (const path of ['0', 'd/', 'many/m10000/', 'zz'])
        expect(reading.find(Buffer.from(path))).toBeNull();
      reading.close();
    });

    it('reads files from any offset, hard links by their first name', async () => {
      const { reading } = await opened();
      const read = (path: string | Buffer, offset: number, bytes: number): string => {
        const into = Buffer.alloc(bytes);
        const entry = reading.find(Buffer.from(path)) as Entry;
        return into.toString('latin1', 0, reading.read(entry, into, offset));
      };
      expect(read('d/a', 0, 100)).toBe('alpha');
      expect(read('d/link', 1, 3)).toBe('lph');
      expect(read(NOT_UTF8, 0, 5)).toBe('bytes');
      expect(read('d/a', 5, 10)).toBe('');
      expect(read('d/a', 50, 10)).toBe('');
      for (const offset of [0, 1_000_000, 2_999_999])
        expect(read('d/deep/er/f', offset, 100_000)).toBe(LARGE.toString('latin1', offset, offset + 100_000));
      expect(read('many/m13999/f', 0, 9)).toBe('13999');
      reading.close();
    });

    it('says that what has no content is not there to be read', async () => {
      const { reading } = await opened();
      for (const path of ['d', 'd/soft', 'fifo', 'lost'])
        expect(() => reading.read(reading.find(Buffer.from(path)) as Entry, Buffer.alloc(1), 0)).toThrow(
          expect.objectContaining({ code: 'NOT_FOUND' }),
        );
      reading.close();
      reading.close();
    });
  });

  it('a snapshot that is not there is NOT_FOUND', async () => {
    const { plan } = context();
    await plan.backUp(new MemorySource());
    const notFound = expect.objectContaining({ code: 'NOT_FOUND', retryable: false });
    expect(() => plan.vault.openSnapshot(plan.place, '2020-01-01T000000Z')).toThrow(notFound);
    const elsewhere = { ...plan.place, planFolder: 'other' };
    expect(() => plan.vault.openSnapshot(elsewhere, '2020-01-01T000000Z')).toThrow(notFound);
    expect(() => plan.vault.openSnapshot(plan.place, '../x')).toThrow();
  });
}

function bytesOf(path: string | null): Buffer | null {
  return path === null ? null : Buffer.from(path);
}

/** The meaning of a range, said in the plainest way. */
function expected(all: readonly Entry[], { below, from, depth }: EntryRange): Entry[] {
  const prefix = below === null || below.length === 0 ? '' : `${below.toString('latin1')}/`;
  return all.filter(({ path }) => {
    const name = path.toString('latin1');
    if (from !== null && comparePaths(path, from) < 0) return false;
    if (below !== null && (!name.startsWith(prefix) || name === '')) return false;
    return depth === 'all' || !name.slice(prefix.length).includes('/');
  });
}

function names(entries: Iterable<Entry>): string[] {
  return [...entries].map(({ path }) => path.toString('latin1'));
}
