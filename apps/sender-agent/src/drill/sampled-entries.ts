import type { Entry } from '@periodic-backup/protocol';
import { isWithin } from '@periodic-backup/local-files';

export interface Sample {
  readonly files: number;
  readonly seed: number;
  /** Files of the whole snapshot. */
  readonly outOf: number;
}

/**
 * Files drawn at random, each as likely as any other, in order and after the directories that lead to them. The same
 * seed draws the same ones. Selection sampling (Knuth, TAOCP 2, 3.4.2, algorithm S): one pass, and unlike a reservoir
 * nothing but the directories of the moment is held.
 */
export async function* sampledEntries(
  entries: AsyncIterable<Entry[]>,
  { files, seed, outOf }: Sample,
): AsyncGenerator<Entry[]> {
  const random = seededRandom(seed);
  let wanted = files;
  let left = outOf;
  /** Directories that lead to the entry of the moment; the first `handedOn` of them were handed on. */
  const way: Entry[] = [];
  let handedOn = 0;
  for await (const batch of entries) {
    const drawn: Entry[] = [];
    for (const entry of batch) {
      while (way.length > 0 && !isWithin((way.at(-1) as Entry).path, entry.path)) way.pop();
      handedOn = Math.min(handedOn, way.length);
      if (entry.kind === 'directory') way.push(entry);
      if (entry.kind !== 'file') continue;
      const isDrawn = random() * Math.max(left--, 1) < wanted;
      if (!isDrawn) continue;
      wanted--;
      drawn.push(...way.slice(handedOn), entry);
      handedOn = way.length;
    }
    yield drawn;
  }
}

/** Numbers from 0 (included) to 1 (excluded); mulberry32 by Tommy Ettinger. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
