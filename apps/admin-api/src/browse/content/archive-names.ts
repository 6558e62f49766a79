import { isAtOrBelow, nameOf, parentOf } from '../snapshot-paths.js';

/** What of a snapshot goes into an archive, and under which names. */
export class ArchiveNames {
  readonly #base: Buffer;

  /**
   * @param chosen paths in order, none below another: names begin at the directory that holds them all
   * @param rootName of the snapshot itself, which has no name
   */
  constructor(
    readonly chosen: readonly Buffer[],
    private readonly rootName: Buffer,
  ) {
    this.#base = chosen.map(parentOf).reduce(commonDirectory);
  }

  /** The paths in the order of snapshots, without those that lie below another. */
  static choose(paths: readonly Buffer[], compare: (a: Buffer, b: Buffer) => number): Buffer[] {
    const chosen: Buffer[] = [];
    for (const path of [...paths].sort(compare))
      if (!chosen.some((above) => isAtOrBelow(path, above))) chosen.push(path);
    return chosen;
  }

  /** For one path its own name, for several none. */
  get title(): Buffer | null {
    const [only, another] = this.chosen;
    return only === undefined || another !== undefined || only.length === 0 ? null : nameOf(only);
  }

  holds(path: Buffer): boolean {
    return this.chosen.some((above) => isAtOrBelow(path, above));
  }

  nameOf(path: Buffer): Buffer {
    if (this.chosen[0]?.length === 0)
      return path.length === 0 ? this.rootName : Buffer.concat([this.rootName, Buffer.from('/'), path]);
    return this.#base.length === 0 ? path : path.subarray(this.#base.length + 1);
  }
}

function commonDirectory(a: Buffer, b: Buffer): Buffer {
  let common = a;
  while (!isAtOrBelow(b, common)) common = parentOf(common);
  return common;
}
