import { constants, fstatSync, openSync } from 'node:fs';
import { DirectoryChain, joinPath, kindOf, nameOf, parentOf } from '@periodic-backup/local-files';
import { stateOf, type FileState } from './file-state.js';

/** NONBLOCK: a FIFO put in a file's place must not hold the run for ever. */
const READ_FILE = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** PATH_MAX of Linux less the closing NUL. */
const MAX_SYSTEM_PATH_BYTES = 4095;

/** Opens files of a source by their paths in it. */
export class SourceFiles {
  #chain: DirectoryChain | null = null;

  constructor(private readonly root: Buffer) {}

  /**
   * Opens by the plain path: fastest, but a directory on the way may have become a link. The caller
   * believes the content only if the inode is the one the walk saw. Null if the path is too long for the system.
   */
  openQuickly(path: Buffer): number | null {
    if (this.root.length + 1 + path.length > MAX_SYSTEM_PATH_BYTES) return null;
    return openSync(joinPath(this.root, path), READ_FILE);
  }

  /** Opens without following any link inside the source. @throws the system's error */
  openSafely(path: Buffer): number {
    this.#chain ??= new DirectoryChain(this.root);
    const { prefix } = this.#chain.enter(parentOf(path));
    return openSync(Buffer.concat([prefix, nameOf(path)]), READ_FILE);
  }

  /** What an open file is now; null if it is not a regular file. */
  look(descriptor: number): FileState | null {
    const stats = fstatSync(descriptor, { bigint: true });
    return kindOf(stats) === 'file' ? stateOf(stats) : null;
  }

  close(): void {
    this.#chain?.close();
    this.#chain = null;
  }
}
