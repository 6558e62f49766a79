import { seededBytes } from '@periodic-backup/testing';

/** A source held in memory: paths in the order of the protocol; directories have no content. */
export type SourceTree = ReadonlyMap<string, Buffer | null>;

/** One directory with `count` files of `sizeBytes`; another `version` has other content. */
export function treeOf(count: number, sizeBytes: number, version = ''): SourceTree {
  const tree = new Map<string, Buffer | null>([
    ['', null],
    ['d', null],
  ]);
  for (let i = 0; i < count; i++)
    tree.set(`d/f${String(i).padStart(6, '0')}`, seededBytes(`${version}/${i}`, sizeBytes));
  return tree;
}
