import { statSync } from 'node:fs';
import { describeErrno, errnoOf, realPathOf } from '@periodic-backup/local-files';
import { requireAllowed, type AllowedDirectories } from './check-directories.js';
import { RunRefused } from './run-refused.js';

const ROOT = Buffer.from('/');

/**
 * The real path of a restore's destination, which need not exist yet, if this machine allows it: what counts are the
 * settings of the agent, whatever a server asks for. @throws RunRefused
 */
export function checkDestination(destination: string, allowed: AllowedDirectories): Buffer {
  const real = realDestination(destination);
  requireAllowed(
    'DESTINATION_NOT_ALLOWED',
    'destination',
    destination,
    real,
    'ALLOWED_DIRS (or RESTORE_DIRS)',
    [...allowed.sources, ...allowed.restores],
  );
  return real.length === 0 ? ROOT : real;
}

function realDestination(destination: string): Buffer {
  try {
    const real = realPathOf(destination);
    const existing = statSync(real.length === 0 ? ROOT : real, { throwIfNoEntry: false });
    if (!existing || existing.isDirectory()) return real;
  } catch (error) {
    throw new RunRefused(
      'DESTINATION_UNUSABLE',
      `The destination ${destination} cannot be reached: ${describeErrno(errnoOf(error))}.`,
    );
  }
  throw new RunRefused(
    'DESTINATION_UNUSABLE',
    `The destination ${destination} is a file: name a directory, which need not exist yet.`,
  );
}
