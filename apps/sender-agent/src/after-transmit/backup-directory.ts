import {
  chmodSync,
  fstatSync,
  fsyncSync,
  lchownSync,
  mkdirSync,
  realpathSync,
  type BigIntStats,
} from 'node:fs';
import { DirectoryChain, type OpenDirectory } from '@periodic-backup/local-files';
import { setAside } from './set-aside.js';

/** The directory that keeps what was transmitted, laid out as the source is. */
export class BackupDirectory {
  readonly #chain: DirectoryChain;

  /** Makes the directory if it is missing. @throws Error if a link was put on its way since it was checked */
  constructor(path: Buffer) {
    mkdirSync(path, { recursive: true });
    if (!realpathSync(path, { encoding: 'buffer' }).equals(path))
      throw new Error(`a symbolic link leads away from ${path.toString()}`);
    this.#chain = new DirectoryChain(path);
  }

  /**
   * The open directory for `path`, made if missing with the modes of the source's. What stands in its way (a file, or
   * a link, which is never followed) is set aside.
   */
  enter(path: Buffer, source: DirectoryChain): OpenDirectory {
    return this.#chain.enter(path, (parent, name, missing, errno) => {
      if (errno === 'ENOTDIR' || errno === 'ELOOP') setAside(parent.prefix, name);
      else if (errno !== 'ENOENT') throw Object.assign(new Error(errno), { code: errno });
      const stats = fstatSync(source.enter(missing).descriptor, { bigint: true });
      makeDirectory(Buffer.concat([parent.prefix, name]), stats);
      fsyncSync(parent.descriptor);
    });
  }

  close(): void {
    this.#chain.close();
  }
}

function makeDirectory(path: Buffer, like: BigIntStats): void {
  mkdirSync(path, 0o700);
  try {
    lchownSync(path, Number(like.uid), Number(like.gid));
  } catch {
    // Only root may give directories away; the copy then belongs to the agent's user.
  }
  // Its owner must be able to put files there, even if the source is read-only.
  chmodSync(path, (Number(like.mode) & 0o7777) | 0o700);
}
