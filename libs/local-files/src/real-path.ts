import { realpathSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { errnoOf } from './errno.js';

/**
 * The real path of something that may not exist yet: that of its nearest parent that does, and the rest. Always
 * absolute, without a trailing slash; the root is the empty path.
 * @throws the system's error if the way there cannot be followed
 */
export function realPathOf(path: string): Buffer {
  const missing: string[] = [];
  for (let at = path; ; at = dirname(at)) {
    try {
      const real = realpathSync(at, { encoding: 'buffer' });
      const start = real.length === 1 ? real.subarray(1) : real;
      const rest = missing.map((name) => Buffer.from(`/${name}`));
      return Buffer.concat([start, ...rest]);
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT' || at === dirname(at)) throw error;
      missing.unshift(basename(at));
    }
  }
}
