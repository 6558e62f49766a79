import { MemorySource } from './memory-source.js';
import { directoryOf, entryOf } from './samples.js';

export const SMALL = Buffer.from('hello');
/** More than one DATA frame. */
export const LARGE = Buffer.alloc(1_300_000, 'the quick brown fox ');

/** A snapshot with a little of everything. */
export function readingTree(): MemorySource {
  return new MemorySource()
    .add(directoryOf('a'), directoryOf('b'), directoryOf('a/deep'))
    .addFile('a/small', SMALL)
    .addFile('a/deep/large', LARGE)
    .addFile('empty', Buffer.alloc(0))
    .add(
      entryOf('link', { kind: 'symlink', target: Buffer.from('a/small') }),
      entryOf('second', { kind: 'hardlink', target: Buffer.from('a/small') }),
    );
}
