import { parentOf } from '@periodic-backup/local-files';
import type { ChosenPaths } from './chosen-entries.js';

/** Beyond so many files that are not where they belong, hard links to any of them become files of their own. */
const REMEMBERED = 65_536;

/**
 * Where the files are that hard links point to. Nearly all are where they belong, so that only the others are
 * remembered.
 */
export class LinkPlaces {
  readonly #elsewhere = new Map<string, Buffer | null>();
  #overflowed = false;

  constructor(private readonly chosen: ChosenPaths) {}

  /** The entry is at `target` instead of where it belongs; with all below it. Null: it is not restored. */
  set(path: Buffer, target: Buffer | null): void {
    if (this.#elsewhere.size < REMEMBERED) this.#elsewhere.set(path.toString('latin1'), target);
    else this.#overflowed = true;
  }

  /** Where the file is below the destination; null if it is not there for certain. */
  find(path: Buffer): Buffer | null {
    if (this.#overflowed) return null;
    for (let at = path; at.length > 0; at = parentOf(at)) {
      const target = this.#elsewhere.get(at.toString('latin1'));
      if (target === null) return null;
      if (target !== undefined) return Buffer.concat([target, path.subarray(at.length)]);
    }
    return this.chosen.includes(path) ? path : null;
  }
}
