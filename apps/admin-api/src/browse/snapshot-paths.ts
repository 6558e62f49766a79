import type { PathChoice } from '@periodic-backup/contracts';
import { SessionError, checkPath } from '@periodic-backup/protocol';
import { ProblemError } from '../http/problem.js';

/** Bytes as people read them: what is not UTF-8 is shown as U+FFFD. */
export const shown = (bytes: Buffer): string => bytes.toString('utf8');

/** A path as people write it: slashes around it do not matter, "." is the snapshot itself. */
function bytesOfText(path: string): Buffer {
  const trimmed = path.replace(/^(\.?\/)+|\/+$/g, '');
  return Buffer.from(trimmed === '.' ? '' : trimmed);
}

export function bytesOfChoice(choice: PathChoice): Buffer {
  return typeof choice === 'string' ? bytesOfText(choice) : Buffer.from(choice.pathBytes, 'base64');
}

/** Why no entry can have this path, null if one can. Empty is the snapshot itself. */
export function pathProblem(path: Buffer): string | null {
  if (path.length === 0) return null;
  try {
    checkPath(path);
    return null;
  } catch (error) {
    if (error instanceof SessionError) return error.message;
    throw error;
  }
}

/** The path that a query names; empty without one. @throws ProblemError 400 */
export function pathOfQuery(query: { path?: string | undefined; pathBytes?: string | undefined }): Buffer {
  if (query.path !== undefined && query.pathBytes !== undefined)
    throw misfit('pathBytes', 'stands beside "path": name one of them.');
  return query.pathBytes === undefined
    ? checked(bytesOfText(query.path ?? ''), 'path')
    : checked(Buffer.from(query.pathBytes, 'base64url'), 'pathBytes');
}

/** All paths that a query names. @throws ProblemError 400 */
export function pathsOfQuery(query: { path: readonly string[]; pathBytes: readonly string[] }): Buffer[] {
  return [
    ...query.path.map((path) => checked(bytesOfText(path), 'path')),
    ...query.pathBytes.map((path) => checked(Buffer.from(path, 'base64url'), 'pathBytes')),
  ];
}

/** Last part of a path; empty for the snapshot itself. */
export function nameOf(path: Buffer): Buffer {
  return path.subarray(path.lastIndexOf(0x2f) + 1);
}

/** The directory that holds an entry; empty for the snapshot itself. */
export function parentOf(path: Buffer): Buffer {
  const slash = path.lastIndexOf(0x2f);
  return slash < 0 ? path.subarray(0, 0) : path.subarray(0, slash);
}

/** True for a directory and everything below it. */
export function isAtOrBelow(path: Buffer, directory: Buffer): boolean {
  if (directory.length === 0) return true;
  if (
    path.length < directory.length ||
    path.compare(directory, 0, directory.length, 0, directory.length) !== 0
  )
    return false;
  return path.length === directory.length || path[directory.length] === 0x2f;
}

function checked(path: Buffer, field: string): Buffer {
  const problem = pathProblem(path);
  if (problem !== null) throw misfit(field, problem);
  return path;
}

function misfit(path: string, message: string): ProblemError {
  return new ProblemError(400, 'The request does not fit: see errors.', { errors: [{ path, message }] });
}
