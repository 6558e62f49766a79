import { lstatSync, renameSync } from 'node:fs';
import { MAX_NAME_BYTES } from '@periodic-backup/protocol';
import { errnoOf } from '@periodic-backup/local-files';

/**
 * Gives what stands under `name` a new name beside it, `<name>.<its mtime>`: an older version is never lost. Works
 * for whatever stands there; a link is renamed, not followed.
 * @param prefix of the open directory
 */
export function setAside(prefix: Buffer, name: Buffer): void {
  const path = Buffer.concat([prefix, name]);
  const stamp = new Date(lstatSync(path).mtimeMs).toISOString().replaceAll(':', '');
  for (let repeat = 0; ; repeat++) {
    const ending = Buffer.from(repeat === 0 ? `.${stamp}` : `.${stamp}.${repeat}`);
    const kept = Buffer.concat([prefix, name.subarray(0, MAX_NAME_BYTES - ending.length), ending]);
    if (exists(kept)) continue;
    renameSync(path, kept);
    return;
  }
}

function exists(path: Buffer): boolean {
  try {
    lstatSync(path);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
}
