import { linkSync, renameSync, unlinkSync } from 'node:fs';
import { errnoOf, nameOf } from '@periodic-backup/local-files';
import type { Decision } from './conflicts.js';
import type { DestinationTree } from './destination-tree.js';
import { lookAt } from './destination-tree.js';

/** Something appeared under the name of an entry while it was restored; it was left alone. */
export class NameTaken extends Error {
  override readonly name = 'NameTaken';
}

/**
 * Gives a finished file, link or special file its name, in one step. Replaces only what the rule says; a directory in
 * its way is moved aside, never removed.
 * @throws NameTaken, or the system's error
 */
export class Publisher {
  /** @param asideEnding of directories that give way */
  constructor(
    private readonly tree: DestinationTree,
    private readonly asideEnding: string,
    private readonly onMovedAside: (path: Buffer, aside: Buffer) => void,
  ) {}

  /** @param temporary path for the system's calls, in the directory of the target */
  publish(temporary: Buffer, { target, action, fresh }: Decision): void {
    const path = this.tree.reach(target);
    if (fresh) renameSync(temporary, path);
    else if (action === 'overwrite') this.#replace(temporary, path, target);
    else giveFreeName(temporary, path);
  }

  /** Moves a directory out of the way of something else. */
  moveAside(target: Buffer): void {
    const aside = this.tree.freePathBeside(target, this.asideEnding);
    const { prefix } = this.tree.enterParentOf(target);
    renameSync(Buffer.concat([prefix, nameOf(target)]), Buffer.concat([prefix, nameOf(aside)]));
    this.onMovedAside(target, aside);
  }

  #replace(temporary: Buffer, path: Buffer, target: Buffer): void {
    try {
      renameSync(temporary, path);
    } catch (error) {
      if (errnoOf(error) !== 'EISDIR' && errnoOf(error) !== 'ENOTEMPTY') throw error;
      this.moveAside(target);
      renameSync(temporary, path);
    }
  }
}

function giveFreeName(temporary: Buffer, path: Buffer): void {
  try {
    linkSync(temporary, path);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'EEXIST') throw new NameTaken('something else appeared under its name meanwhile');
    // Where hard links do not exist (FAT, some network disks) nothing is sure to the last microsecond.
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(errno)) throw error;
    if (lookAt(path)) throw new NameTaken('something else appeared under its name meanwhile');
    renameSync(temporary, path);
    return;
  }
  unlinkSync(temporary);
}
