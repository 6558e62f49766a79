import { closeSync, constants, existsSync, openSync, readlinkSync } from 'node:fs';
import { errnoOf } from './errno.js';
import { isWithin, joinPath } from './path-bytes.js';
import { SafeWay } from './safe-way.js';

const OPEN_DIRECTORY = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
const DESCRIPTOR_PATHS = descriptorPaths();
const SLASH = 0x2f;

/** A directory held open, and the path prefix (with a trailing slash) under which its children are reached. */
export interface OpenDirectory {
  readonly descriptor: number;
  readonly prefix: Buffer;
}

/**
 * Opens `name` below an open directory without following a link. On Linux the prefix goes through the descriptor
 * (`/proc/self/fd/N/`, a stand-in for openat): nobody who swaps a directory for a link meanwhile leads us
 * elsewhere, and no path is longer than the system allows.
 */
export function openBelow(parent: OpenDirectory, name: Buffer): OpenDirectory {
  return openDirectory(Buffer.concat([parent.prefix, name]), OPEN_DIRECTORY);
}

/** Opens the directory all others hang from; `path` is real and absolute. */
export function openRoot(path: Buffer): OpenDirectory {
  return openDirectory(path, OPEN_DIRECTORY);
}

function openDirectory(path: Buffer, flags: number): OpenDirectory {
  const descriptor = openSync(path, flags);
  const prefix = DESCRIPTOR_PATHS
    ? Buffer.from(`${DESCRIPTOR_PATHS}/${descriptor}/`)
    : Buffer.concat([path, Buffer.from('/')]);
  return { descriptor, prefix };
}

/** Where this process finds its descriptors; by its number, if /proc knows it by that, for it saves a link each time. */
function descriptorPaths(): string | null {
  if (!existsSync('/proc/self/fd')) return null;
  return readlinkSync('/proc/self') === String(process.pid) ? `/proc/${process.pid}/fd` : '/proc/self/fd';
}

/** Where an open directory is; null if the system does not tell. */
export function realPathOfOpen({ descriptor }: OpenDirectory): Buffer | null {
  if (DESCRIPTOR_PATHS === null) return null;
  return readlinkSync(`${DESCRIPTOR_PATHS}/${descriptor}`, { encoding: 'buffer' });
}

/** Called when a directory cannot be opened; returns after it has put that right, or throws. */
export type DirectoryRepair = (parent: OpenDirectory, name: Buffer, path: Buffer, errno: string) => void;

interface Link {
  readonly path: Buffer;
  readonly directory: OpenDirectory;
  readonly safe: SafeWay | null;
}

/**
 * Reaches directories below a root one component at a time and never through a symbolic link. Keeps the way
 * to the last one open: entering neighbours in walk order costs next to nothing.
 */
export class DirectoryChain {
  readonly #links: Link[] = [];

  /** @param root real path. `plainWhereSafe`: see {@link SafeWay} */
  constructor(root: Buffer, { plainWhereSafe = false } = {}) {
    const directory = openRoot(root);
    const safe = plainWhereSafe ? SafeWay.to(root, directory.descriptor) : null;
    this.#links.push({ path: Buffer.alloc(0), directory: safe?.shorten(directory) ?? directory, safe });
  }

  /**
   * The open directory at `path` (relative to the root), valid until the next call.
   * @throws the system's error (ENOENT, ENOTDIR, ELOOP for a link, EACCES), unless `repair` mends it
   */
  enter(path: Buffer, repair?: DirectoryRepair): OpenDirectory {
    while (!isWithin(this.#top.path, path)) this.#pop();
    while (this.#top.path.length < path.length) {
      const { path: above, directory, safe: safeAbove } = this.#top;
      const start = above.length === 0 ? 0 : above.length + 1;
      const slash = path.indexOf(SLASH, start);
      const name = path.subarray(start, slash === -1 ? path.length : slash);
      const below = Buffer.from(joinPath(above, name));
      const opened = this.#open(directory, name, below, repair);
      const safe = safeAbove?.below(name, opened.descriptor) ?? null;
      this.#links.push({ path: below, directory: safe?.shorten(opened) ?? opened, safe });
    }
    return this.#top.directory;
  }

  close(): void {
    while (this.#links.length > 0) this.#pop();
  }

  #open(parent: OpenDirectory, name: Buffer, path: Buffer, repair?: DirectoryRepair): OpenDirectory {
    try {
      return openBelow(parent, name);
    } catch (error) {
      if (!repair) throw error;
      repair(parent, name, path, errnoOf(error));
      return openBelow(parent, name);
    }
  }

  get #top(): Link {
    const top = this.#links.at(-1);
    if (!top) throw new Error('The chain of directories is closed.');
    return top;
  }

  #pop(): void {
    const link = this.#links.pop();
    if (link) closeSync(link.directory.descriptor);
  }
}
