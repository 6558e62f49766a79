import { describe, expect, it } from '@jest/globals';
import type { Entry } from '@periodic-backup/protocol';
import { sampledEntries, seededRandom } from './sampled-entries.js';

function entry(path: string, kind: Entry['kind']): Entry {
  return { path: Buffer.from(path), kind } as Entry;
}

/** Directories d0 … d9 with ten files each, in batches that cut through them. */
async function* listed(): AsyncGenerator<Entry[]> {
  const all = [entry('', 'directory')];
  for (let d = 0; d < 10; d++) {
    all.push(entry(`d${d}`, 'directory'));
    for (let f = 0; f < 10; f++) all.push(entry(`d${d}/f${f}`, 'file'));
  }
  for (let at = 0; at < all.length; at += 7) yield await Promise.resolve(all.slice(at, at + 7));
}

async function draw(files: number, seed: number): Promise<string[]> {
  const drawn: string[] = [];
  for await (const entries of sampledEntries(listed(), { files, seed, outOf: 100 }))
    for (const { path } of entries) drawn.push(path.toString());
  return drawn;
}

describe('a sample', () => {
  it('has exactly as many files as asked for, each after its directories and nothing else', async () => {
    const drawn = await draw(5, 1);
    const files = drawn.filter((path) => path.includes('/'));
    expect(files).toHaveLength(5);
    const directories = new Set(files.map((path) => path.slice(0, 2)));
    expect(drawn).toEqual([
      '',
      ...[...directories].flatMap((d) => [d, ...files.filter((f) => f.startsWith(`${d}/`))]),
    ]);
  });

  it('draws every file about as often as any other', async () => {
    const times = new Map<string, number>();
    for (let seed = 0; seed < 500; seed++)
      for (const path of await draw(10, seed)) times.set(path, (times.get(path) ?? 0) + 1);
    const files = [...times].filter(([path]) => path.includes('/')).map(([, count]) => count);
    expect(files).toHaveLength(100);
    // 50 expected, 6.7 the standard deviation.
    expect(Math.min(...files)).toBeGreaterThan(20);
    expect(Math.max(...files)).toBeLessThan(80);
  });

  it('comes from numbers between 0 and 1', () => {
    const random = seededRandom(4_294_967_295);
    const numbers = Array.from({ length: 1000 }, random);
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...numbers)).toBeLessThan(1);
    expect(new Set(numbers).size).toBe(1000);
  });
});
