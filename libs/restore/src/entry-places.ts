import type { Entry } from '@periodic-backup/protocol';
import { isWithin, joinPath, nameOf } from '@periodic-backup/local-files';

/** A directory of the snapshot that leads to the entry of the moment, and where it is restored. */
interface Frame {
  readonly path: Buffer;
  /** Below the destination; null: what lies in it is not restored. */
  readonly target: Buffer | null;
  /** Nothing but this restore puts anything there. */
  readonly fresh: boolean;
}

export interface Place {
  /** Below the destination. */
  readonly target: Buffer;
  /** Nothing can stand there. */
  readonly fresh: boolean;
}

const ROOT = Buffer.alloc(0);

/** Follows entries in order and says where each belongs. Memory: the depth of the tree. */
export class EntryPlaces {
  readonly #frames: Frame[];

  constructor(destinationIsFresh: boolean) {
    this.#frames = [{ path: ROOT, target: ROOT, fresh: destinationIsFresh }];
  }

  /** Where an entry belongs, null if its directory is not restored. */
  of(entry: Entry): Place | null {
    while (!isWithin(this.#top.path, entry.path)) this.#frames.pop();
    const { path, target, fresh } = this.#top;
    if (target === null) return null;
    return { target: path === target ? entry.path : joinPath(target, nameOf(entry.path)), fresh };
  }

  /** What follows below this directory is restored to `target`. */
  enter(directory: Entry, target: Buffer | null, fresh: boolean): void {
    const { path } = directory;
    this.#frames.push({ path, target: target?.equals(path) ? path : target, fresh });
  }

  get #top(): Frame {
    return this.#frames.at(-1) as Frame;
  }
}
