import { constants, fstatSync, openSync, unlinkSync, closeSync } from 'node:fs';
import { digestOf } from '@periodic-backup/protocol';
import { errnoOf, joinPath, parentOf } from '@periodic-backup/local-files';

const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
const GO_ON = constants.O_WRONLY | constants.O_NOFOLLOW;

/** Names of what is written until it may have its own, and how they are opened. */
export class TemporaryFiles {
  /** Of whatever is made at one go. */
  readonly name: Buffer;

  constructor(private readonly runId: string) {
    this.name = Buffer.from(`.pbk-restore-${runId}`);
  }

  /** Where the file for `target` grows: the same for each attempt of the run, so that the next one goes on with it. */
  growing(target: Buffer): Buffer {
    const name = `.pbk-restore-${this.runId}-${digestOf(target).toString('hex', 0, 8)}`;
    return joinPath(parentOf(target), Buffer.from(name));
  }
}

/** Opens a new file; whatever stands in its place goes, be it a link. @throws the system's error */
export function createTemporary(path: Buffer, mode = 0o600): number {
  try {
    return openSync(path, CREATE, mode);
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
    unlinkSync(path);
    return openSync(path, CREATE, mode);
  }
}

/** Opens what an earlier attempt left to go on with it; null if it is not a plain file of ours alone. */
export function reopenTemporary(path: Buffer): number | null {
  let descriptor: number;
  try {
    descriptor = openSync(path, GO_ON);
  } catch (error) {
    if (errnoOf(error) === 'UNKNOWN') throw error;
    return null;
  }
  const stats = fstatSync(descriptor);
  if (stats.isFile() && stats.nlink === 1 && stats.uid === process.geteuid?.()) return descriptor;
  closeSync(descriptor);
  return null;
}

export function removeTemporary(path: Buffer): void {
  try {
    unlinkSync(path);
  } catch {
    // It is not there, or its directory cannot be written: nothing of it has a final name.
  }
}
