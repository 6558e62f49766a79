import { mkdirSync, rmdirSync, statSync } from 'node:fs';
import { errorCode } from '../storage-errors.js';

/** Mode of a stored file: the owner can always read it; never setuid, setgid or sticky. */
export function storedFileMode(mode: number): number {
  return (mode & 0o777) | 0o400;
}

/** Mode of a stored directory: the vault can always list, enter and change it. */
export function storedDirectoryMode(mode: number): number {
  return (mode & 0o777) | 0o700;
}

/**
 * The bits the process takes from every new mode, seen on a directory made for it: Node cannot ask in a thread. On a disk
 * that can only be read nothing is made, and none counts.
 */
export function seenUmask(probe: string): number {
  try {
    mkdirSync(probe, 0o777);
  } catch (error) {
    if (errorCode(error) === 'EROFS') return 0;
    throw error;
  }
  const { mode } = statSync(probe);
  rmdirSync(probe);
  return 0o777 & ~mode;
}
