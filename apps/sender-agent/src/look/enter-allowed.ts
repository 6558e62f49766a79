import { closeSync, realpathSync } from 'node:fs';
import { posix } from 'node:path';
import type { DirectoryUse } from '@periodic-backup/contracts';
import {
  describeErrno,
  errnoOf,
  isGone,
  isWithin,
  openRoot,
  realPathOf,
  realPathOfOpen,
  type OpenDirectory,
} from '@periodic-backup/local-files';
import type { AllowedDirectories } from '../checks/check-directories.js';
import { allowedRoots, usesOf } from './directory-uses.js';
import { LookRefused } from './look-refused.js';

const ROOT = Buffer.from('/');
const NOWHERE = Buffer.alloc(0);

export interface EnteredDirectory {
  /** Empty: the root. */
  readonly real: Buffer;
  readonly directory: OpenDirectory;
  readonly uses: DirectoryUse[];
}

/**
 * A directory, held open, after it was seen to lie where this machine allows it for anything: a link put on the way
 * meanwhile leads nowhere. The caller closes it. @throws LookRefused
 */
export function enterAllowed(path: Buffer, allowed: AllowedDirectories): EnteredDirectory {
  if (path[0] !== ROOT[0] || path.includes(0))
    throw new LookRefused('NOT_ALLOWED', 'must be an absolute path, such as /srv/documents', 'path');
  let directory: OpenDirectory;
  let real: Buffer;
  try {
    real = rootless(realpathSync.native(path, { encoding: 'buffer' }));
    if (usesOf(real, allowed).length === 0) throw notAllowed(path, allowed);
    directory = openRoot(real.length === 0 ? ROOT : real);
  } catch (error) {
    if (error instanceof LookRefused) throw error;
    throw liesWithin(path, allowed) ? unreadable(path, error) : notAllowed(path, allowed);
  }
  const opened = rootless(realPathOfOpen(directory) ?? real);
  const uses = usesOf(opened, allowed);
  if (uses.length > 0) return { real: opened, directory, uses };
  closeSync(directory.descriptor);
  throw notAllowed(path, allowed);
}

/** The path of the directory above, if that may be looked at, too. */
export function allowedParent(path: Buffer, allowed: AllowedDirectories): string | null {
  const parent = Buffer.from(posix.dirname(path.toString('latin1')), 'latin1');
  if (parent.equals(path)) return null;
  try {
    const real = rootless(realpathSync.native(parent, { encoding: 'buffer' }));
    return usesOf(real, allowed).length > 0 ? parent.toString() : null;
  } catch {
    return null;
  }
}

/** The root is the empty path, as everywhere among real paths. */
function rootless(path: Buffer): Buffer {
  return path.equals(ROOT) ? NOWHERE : path;
}

/** Of what cannot be reached: whether it may be said that it cannot. */
function liesWithin(path: Buffer, allowed: AllowedDirectories): boolean {
  const plain = rootless(Buffer.from(posix.normalize(path.toString('latin1')), 'latin1'));
  try {
    return usesOf(realPathOf(plain.toString()), allowed).length > 0;
  } catch {
    return allowedRoots(allowed).some((root) => isWithin(rootless(Buffer.from(root)), plain));
  }
}

/** What lies outside is not even said to exist or not. */
function notAllowed(path: Buffer, allowed: AllowedDirectories): LookRefused {
  return new LookRefused(
    'NOT_ALLOWED',
    `${path.toString()} is not among the directories that this agent may use (${allowedRoots(allowed).join(', ')}). ` +
      'On its machine, add it to ALLOWED_DIRS and restart the agent, or choose another directory.',
    'path',
  );
}

function unreadable(path: Buffer, error: unknown): LookRefused {
  const code = errnoOf(error);
  return new LookRefused(
    'UNREADABLE',
    isGone(code)
      ? `${path.toString()} is not a directory on this machine, or not any more.`
      : `${path.toString()} cannot be listed: ${describeErrno(code)}.`,
    'path',
  );
}
