import { lstatSync, opendirSync, type Dirent } from 'node:fs';
import type { OpenDirectory } from '@periodic-backup/local-files';
import { PackedNames } from '../walk/packed-names.js';
import { LookRefused } from './look-refused.js';

export interface ListedName {
  readonly name: Buffer;
  readonly isDirectory: boolean;
}

/** The names in one directory: its directories, and then all else, each in byte order. */
export class DirectoryNames {
  readonly #directories = new PackedNames();
  readonly #others = new PackedNames();

  static in({ prefix }: OpenDirectory, { onlyDirectories = false } = {}): DirectoryNames {
    const names = new DirectoryNames();
    const listing = opendirSync(prefix as unknown as string, {
      encoding: 'buffer' as BufferEncoding,
      bufferSize: 256,
    });
    try {
      for (let item = listing.readSync(); item; item = listing.readSync()) {
        const name = item.name as unknown as Buffer;
        if (isDirectory(item, prefix, name)) names.#directories.add(name);
        else if (!onlyDirectories) names.#others.add(name);
      }
    } finally {
      listing.closeSync();
    }
    names.#directories.sort();
    names.#others.sort();
    return names;
  }

  get count(): number {
    return this.#directories.count + this.#others.count;
  }

  at(i: number): ListedName {
    const behind = i - this.#directories.count;
    return behind < 0
      ? { name: this.#directories.at(i), isDirectory: true }
      : { name: this.#others.at(behind), isDirectory: false };
  }

  /** Index of the first one behind `cursor`, whether that is still there or not. @throws LookRefused */
  indexBehind(cursor: string | null): number {
    if (cursor === null) return 0;
    const [, group, encoded] = /^([df])\.([\w-]+)$/.exec(cursor) ?? [];
    if (encoded === undefined) throw new LookRefused('BAD_CURSOR', 'is not one of this list', 'cursor');
    const name = Buffer.from(encoded, 'base64url');
    return group === 'd'
      ? behind(this.#directories, name)
      : this.#directories.count + behind(this.#others, name);
  }
}

/** The place in a list after a name. */
export function cursorOf({ name, isDirectory }: ListedName): string {
  return `${isDirectory ? 'd' : 'f'}.${name.toString('base64url')}`;
}

function behind(names: PackedNames, name: Buffer): number {
  let [low, high] = [0, names.count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (names.at(middle).compare(name) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Some file systems do not say in a listing what a name is. */
function isDirectory(item: Dirent, prefix: Buffer, name: Buffer): boolean {
  if (item.isDirectory()) return true;
  if (item.isFile() || item.isSymbolicLink()) return false;
  return lstatSync(Buffer.concat([prefix, name]), { throwIfNoEntry: false })?.isDirectory() ?? false;
}
