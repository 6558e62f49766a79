import { MAX_NAME_BYTES, MAX_PATH_BYTES, type Entry } from './entry.js';
import { SessionError, type SessionErrorCode } from './errors.js';

const SLASH = 0x2f;
const DOT = 0x2e;

/**
 * Checks entries one after the other against the rules of SPEC.md §5.1: names, order, parents, hard link targets,
 * and which flags and sizes a kind may have. Holds the last path and the lengths of its ancestors, nothing else.
 */
export class EntryOrder {
  private previous: Buffer | null = null;
  /** Lengths of the directories that lead to the last entry, itself included if it is one; ascending. */
  private readonly directories: number[] = [];

  /**
   * Accepts the next entry.
   * @throws SessionError BAD_PATH, BAD_PARENT, BAD_ORDER, BAD_ENTRY – end the session.
   */
  accept(entry: Entry): void {
    const { path, kind } = entry;
    checkEntry(entry);
    if (this.previous === null) {
      if (path.length > 0) refuse('BAD_PARENT', path, 'comes before the source directory itself');
      if (kind !== 'directory') refuse('BAD_ENTRY', path, 'stands for the source but is no directory');
    } else {
      this.follow(path, this.previous);
    }
    if (kind === 'directory') this.directories.push(path.length);
    this.previous = path;
  }

  private follow(path: Buffer, previous: Buffer): void {
    if (path.length === 0) refuse('BAD_ORDER', path, 'comes a second time');
    const parentBytes = checkPath(path);
    const common = commonBytes(path, previous);
    const mine = rank(path, common);
    const last = rank(previous, common);
    if (mine <= last) refuse('BAD_ORDER', path, 'does not come after the entry before it');
    while ((this.directories.at(-1) ?? 0) > parentBytes) this.directories.pop();
    if (common < parentBytes || this.directories.at(-1) !== parentBytes)
      refuse('BAD_PARENT', path, 'lies in something that is no directory sent before');
  }
}

/**
 * Checks the bytes of a path that is not empty; returns the length of its parent's path.
 * @throws SessionError BAD_PATH
 */
export function checkPath(path: Buffer): number {
  const bytes = path.length;
  if (bytes > MAX_PATH_BYTES) refuse('BAD_PATH', path, `has more than ${MAX_PATH_BYTES} bytes`);
  let nameAt = 0;
  for (let i = 0; i <= bytes; i++) {
    const byte = i < bytes ? path[i] : SLASH;
    if (byte === 0) refuse('BAD_PATH', path, 'holds a NUL');
    if (byte !== SLASH) continue;
    const nameBytes = i - nameAt;
    if (nameBytes === 0) refuse('BAD_PATH', path, 'has an empty name or begins or ends with a slash');
    if (nameBytes > MAX_NAME_BYTES)
      refuse('BAD_PATH', path, `has a name of more than ${MAX_NAME_BYTES} bytes`);
    if (path[nameAt] === DOT && (nameBytes === 1 || (nameBytes === 2 && path[nameAt + 1] === DOT)))
      refuse('BAD_PATH', path, 'has a name "." or ".."');
    if (i < bytes) nameAt = i + 1;
  }
  return nameAt === 0 ? 0 : nameAt - 1;
}

/**
 * Checks what one entry tells of itself: flags and sizes its kind may have, and the target of a hard link.
 * @throws SessionError BAD_ENTRY, BAD_PATH
 */
export function checkEntry(entry: Entry): void {
  const { kind, path } = entry;
  const sized = kind === 'file' || kind === 'character-device' || kind === 'block-device';
  if (!sized && entry.size !== 0) refuse('BAD_ENTRY', path, `is a ${kind} with a size`);
  if (entry.sparse && kind !== 'file') refuse('BAD_ENTRY', path, `is a ${kind} said to be sparse`);
  if (entry.unreadable && kind !== 'file' && kind !== 'directory')
    refuse('BAD_ENTRY', path, `is a ${kind} said to be unreadable`);
  if (kind === 'hardlink') checkLinkTarget(entry);
}

/** That the target was a file is for the storage to know; here only that it can have been one. */
function checkLinkTarget(entry: Entry): void {
  const target = entry.target as Buffer;
  checkPath(target);
  const common = commonBytes(target, entry.path);
  if (rank(target, common) >= rank(entry.path, common))
    refuse('BAD_ENTRY', entry.path, 'links to a path that does not come before it');
}

function commonBytes(a: Buffer, b: Buffer): number {
  const most = Math.min(a.length, b.length);
  let common = 0;
  while (common < most && a[common] === b[common]) common++;
  return common;
}

/** Where a path stands at its first different byte: its end first, then a slash, then bytes as they are. */
function rank(path: Buffer, at: number): number {
  const byte = path[at];
  return byte === undefined ? -1 : byte === SLASH ? 0 : byte;
}

function refuse(code: SessionErrorCode, path: Buffer, what: string): never {
  const shown = JSON.stringify(path.subarray(0, 200).toString());
  throw new SessionError(code, `The entry ${shown} ${what}.`);
}
