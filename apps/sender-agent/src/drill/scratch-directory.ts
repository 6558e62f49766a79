import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, realpathSync, renameSync, rmSync, statfsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { RunRefused } from '../checks/run-refused.js';
import { errnoOf } from '@periodic-backup/local-files';

const PREFIX = 'pbk-drill-';
const LEFTOVER = '.left';
const OURS = /^pbk-drill-[0-9a-f-]{36}(?:\.left)?$/;
/** What a file system needs for a name, rounded up. */
const BYTES_PER_ENTRY = 4_096;

/** A new, empty directory for one drill. The caller removes it with {@link removeScratch}. */
export function makeScratch(drillDir: string, runId: string): Buffer {
  mkdirSync(drillDir, { recursive: true, mode: 0o700 });
  const path = join(drillDir, `${PREFIX}${runId}`);
  removeScratch(path);
  mkdirSync(path, 0o700);
  return realpathSync(path, { encoding: 'buffer' });
}

/** Removes a tree, read-only directories included. */
export function removeScratch(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return;
    spawnSync('chmod', ['-R', 'u+rwX', path], { stdio: 'ignore' });
    rmSync(path, { recursive: true, force: true });
  }
}

/** Removes what drills left behind when the agent died. They are renamed first: a new one may begin at once. */
export async function removeLeftScratches(drillDir: string): Promise<void> {
  for (const name of drillsIn(drillDir)) {
    const left = join(drillDir, name.endsWith(LEFTOVER) ? name : name + LEFTOVER);
    if (!name.endsWith(LEFTOVER)) renameSync(join(drillDir, name), left);
    await rm(left, { recursive: true, force: true }).catch(() => removeScratch(left));
  }
}

/** @throws RunRefused if the file system of the scratch directory has no room for so much */
export function requireRoom(
  scratch: Buffer,
  need: { readonly entries: number; readonly bytes: number },
): void {
  const { bavail, bsize, files, ffree } = statfsSync(scratch);
  const freeBytes = bavail * bsize;
  const neededBytes = need.bytes + need.entries * BYTES_PER_ENTRY;
  if (neededBytes > freeBytes)
    throw new RunRefused(
      'DRILL_NO_ROOM',
      `The drill needs ${neededBytes} bytes in ${scratch.toString()}, ${freeBytes} are free. ` +
        'Make room, set DRILL_DIR to a larger disk, or draw a sample of files.',
    );
  if (files > 0 && need.entries > ffree)
    throw new RunRefused(
      'DRILL_NO_ROOM',
      `The drill needs ${need.entries} inodes in ${scratch.toString()}, ${ffree} are free. ` +
        'Set DRILL_DIR to another disk, or draw a sample of files.',
    );
}

function drillsIn(drillDir: string): string[] {
  try {
    return readdirSync(drillDir).filter((name) => OURS.test(name));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}
