import { lstatSync, mkdirSync, realpathSync, type BigIntStats } from 'node:fs';
import { MAX_NAME_BYTES } from '@periodic-backup/protocol';
import { RestoreRefused } from './restore-refused.js';
import {
  describeErrno,
  DirectoryChain,
  errnoOf,
  isGone,
  nameOf,
  type OpenDirectory,
  parentOf,
  realPathOfOpen,
} from '@periodic-backup/local-files';

const EMPTY = Buffer.alloc(0);

/** Nobody but the agent's user puts anything in a directory until it is finished. */
export const UNFINISHED_DIRECTORY_MODE = 0o700;

/**
 * Makes the destination if it is missing. True if it was made. @throws RestoreRefused if that fails, or if a link was put
 * on its way since it was checked
 */
export function makeDestination(destination: Buffer): boolean {
  try {
    const made = mkdirSync(destination, { recursive: true, mode: 0o755 }) !== undefined;
    if (realpathSync(destination, { encoding: 'buffer' }).equals(destination)) return made;
  } catch (error) {
    throw new RestoreRefused(
      'DESTINATION_UNUSABLE',
      `The destination ${destination.toString()} cannot be made: ${describeErrno(errnoOf(error))}.`,
    );
  }
  throw linkOnTheWay(destination);
}

function linkOnTheWay(destination: Buffer): RestoreRefused {
  return new RestoreRefused(
    'DESTINATION_UNUSABLE',
    `A symbolic link leads away from the destination ${destination.toString()}: name a directory without one.`,
  );
}

/**
 * The tree below a destination. Paths are relative to it; directories are entered one component at a time and
 * never through a link, so that nothing outside is ever reached.
 */
export class DestinationTree {
  #chain: DirectoryChain | null = null;
  #closed = false;

  /**
   * @param destination need not exist before something below it is asked for
   * @param plainWhereSafe only for directories that are not handed over to their owners meanwhile
   */
  constructor(
    private readonly destination: Buffer,
    private readonly plainWhereSafe = true,
  ) {}

  /** The open directory at `path`, valid until the next call. @throws the system's error; ELOOP for a link */
  enter(path: Buffer): OpenDirectory {
    if (this.#closed) throw new Error('The tree is closed.');
    this.#chain ??= this.#open();
    return this.#chain.enter(path);
  }

  enterParentOf(path: Buffer): OpenDirectory {
    return this.enter(parentOf(path));
  }

  /** What was opened is what was checked, though somebody may have put a link on the way to it since. */
  #open(): DirectoryChain {
    const chain = new DirectoryChain(this.destination, { plainWhereSafe: this.plainWhereSafe });
    if (realPathOfOpen(chain.enter(EMPTY))?.equals(this.destination) !== false) return chain;
    chain.close();
    throw linkOnTheWay(this.destination);
  }

  /** A path for the system's calls, valid until the next call. */
  reach(path: Buffer): Buffer {
    return Buffer.concat([this.enterParentOf(path).prefix, nameOf(path)]);
  }

  /** What stands there, itself and not what a link points to; null if nothing does. */
  look(path: Buffer): BigIntStats | null {
    return lookAt(path.length === 0 ? this.enter(path).prefix : this.reach(path));
  }

  /** The first name beside `path` that nothing has: `<name><ending>`, then `<name><ending>.2` and so on. */
  freePathBeside(path: Buffer, ending: string): Buffer {
    for (let number = 1; ; number++) {
      const free = pathBeside(path, number === 1 ? ending : `${ending}.${number}`);
      if (this.look(free) === null) return free;
    }
  }

  close(): void {
    this.#chain?.close();
    this.#chain = null;
    this.#closed = true;
  }
}

/** `<name><ending>` in the same directory, the name cut where it would be too long. */
export function pathBeside(path: Buffer, ending: string): Buffer {
  const directory = path.subarray(0, path.length - nameOf(path).length);
  const bytes = Buffer.from(ending);
  return Buffer.concat([directory, nameOf(path).subarray(0, MAX_NAME_BYTES - bytes.length), bytes]);
}

export function lookAt(path: Buffer): BigIntStats | null {
  try {
    return lstatSync(path, { bigint: true });
  } catch (error) {
    if (isGone(errnoOf(error))) return null;
    throw error;
  }
}
