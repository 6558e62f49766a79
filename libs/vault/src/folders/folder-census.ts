import type { Entry } from '@periodic-backup/protocol';
import type { VerifyProgress } from '../vault.js';
import type { SnapshotFolder } from './snapshot-folder.js';
import { below } from './tree.js';

const SLASH = 0x2f;
const NAMES_PER_YIELD = 256;

interface OpenDirectory {
  readonly path: Buffer;
  /** What the manifest has in it and the folder, too. */
  children: number;
}

export interface CensusOptions {
  readonly folder: SnapshotFolder;
  readonly progress: VerifyProgress;
  /** How many children a directory has by the manifest that are to be in the folder. */
  readonly countChildren: (directory: Buffer) => number;
  readonly isKnown: (path: Buffer) => boolean;
  readonly onStranger: (path: Buffer) => void;
}

/**
 * Finds what is in a folder and not in its manifest, from entries in order. Counts; only where the counts differ it looks at
 * names. Memory: the depth of the tree.
 */
export class FolderCensus {
  private readonly open: OpenDirectory[] = [];

  constructor(private readonly options: CensusOptions) {}

  /** `isThere`: the folder has it. */
  *add({ path, kind }: Entry, isThere: boolean): Generator<VerifyProgress, void> {
    for (let top = this.open.at(-1); top !== undefined && !holds(top.path, path); top = this.open.at(-1)) {
      this.open.pop();
      yield* this.compare(top);
    }
    if (!isThere) return;
    const top = this.open.at(-1);
    if (top !== undefined && path.length > 0 && isChild(top.path, path)) top.children++;
    if (kind === 'directory') this.open.push({ path, children: 0 });
  }

  /** `isEnd`: there are no more entries; else the directories still open go on behind the range. */
  *finish(isEnd: boolean): Generator<VerifyProgress, void> {
    for (let top = this.open.pop(); top !== undefined; top = this.open.pop()) {
      if (!isEnd) top.children = this.options.countChildren(top.path);
      yield* this.compare(top);
    }
  }

  private *compare({ path, children }: OpenDirectory): Generator<VerifyProgress, void> {
    const { folder, progress, isKnown, onStranger } = this.options;
    let names = 0;
    for (const _name of folder.names(path)) if (++names % NAMES_PER_YIELD === 0) yield progress;
    if (names === children) return;
    for (const name of folder.names(path)) {
      const full = below(path, name);
      if (!isKnown(full)) onStranger(full);
      if (++names % NAMES_PER_YIELD === 0) yield progress;
    }
  }
}

function holds(directory: Buffer, path: Buffer): boolean {
  const { length } = directory;
  if (length === 0) return true;
  return path[length] === SLASH && path.compare(directory, 0, length, 0, length) === 0;
}

/** Given that the directory holds the path. */
function isChild(directory: Buffer, path: Buffer): boolean {
  return path.indexOf(SLASH, directory.length === 0 ? 0 : directory.length + 1) < 0;
}
