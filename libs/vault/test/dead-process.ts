import { existsSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { processMark } from '../src/folders/process-mark.js';

/** The mark of a process of this machine that is no more. */
export const DEAD = processMark().replace(/\.\d+\.\d+$/, '.1.999999999999');

/** What this process marked as its own in directories looks as if another one (a dead one unless told) had made it. */
export function handOver(directories: readonly string[], mark = DEAD): void {
  for (const directory of directories)
    for (const name of existsSync(directory) ? readdirSync(directory) : [])
      renameSync(join(directory, name), join(directory, name.replace(processMark(), mark)));
}
