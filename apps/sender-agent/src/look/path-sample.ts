import type { SamplePath } from '@periodic-backup/contracts';
import { showPath } from '@periodic-backup/local-files';
import { comparePaths, type EntryKind } from '@periodic-backup/protocol';

export interface SeenPath {
  readonly path: Buffer;
  readonly kind: EntryKind;
  /** Null for what is no file. */
  readonly sizeBytes: number | null;
}

/** Draws a few of many, each with the same chance, and of the same tree always the same. */
export class PathSample {
  readonly #kept: SeenPath[] = [];
  #seen = 0;
  #state = 0x9e3779b9;

  constructor(private readonly capacity: number) {}

  see(path: SeenPath): void {
    this.#seen++;
    if (this.#kept.length < this.capacity) this.#kept.push(path);
    else {
      const at = this.#draw(this.#seen);
      if (at < this.capacity) this.#kept[at] = path;
    }
  }

  /** In the order of paths. */
  get paths(): SamplePath[] {
    return [...this.#kept].sort((a, b) => comparePaths(a.path, b.path)).map(samplePath);
  }

  /** xorshift32. */
  #draw(below: number): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) % below;
  }
}

/** Keeps the largest files. */
export class LargestFiles {
  readonly #kept: SeenPath[] = [];

  constructor(private readonly capacity: number) {}

  see(path: SeenPath): void {
    const size = path.sizeBytes ?? 0;
    if (this.#kept.length === this.capacity && size <= (this.#kept.at(-1)?.sizeBytes ?? 0)) return;
    const at = this.#kept.findIndex((kept) => (kept.sizeBytes ?? 0) < size);
    this.#kept.splice(at === -1 ? this.#kept.length : at, 0, path);
    this.#kept.length = Math.min(this.#kept.length, this.capacity);
  }

  /** Largest first. */
  get paths(): SamplePath[] {
    return this.#kept.map(samplePath);
  }
}

export function samplePath({ path, kind, sizeBytes }: SeenPath): SamplePath {
  return { path: showPath(path), pathBytes: path.toString('base64'), kind, sizeBytes };
}
