import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  futimesSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';
import { sameState, stateOf, type FileState } from '../transfer/file-state.js';

const PIECE_BYTES = 1_048_576;
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

const ZEROS = Buffer.alloc(PIECE_BYTES);

/** The file is no longer what was sent. */
export class FileChanged extends Error {
  override readonly name = 'FileChanged';
}

/** Opens a file only if it is in this state. @throws FileChanged, or the system's error */
export function openUnchanged(path: Buffer, state: FileState): number {
  const descriptor = openSync(path, READ);
  if (sameState(stateOf(fstatSync(descriptor, { bigint: true })), state)) return descriptor;
  closeSync(descriptor);
  throw new FileChanged('The file was changed since it was sent.');
}

/**
 * Copies content, mode, owner (where permitted) and mtime into the new file `to`; resolves flushed. Holes stay
 * holes. `check` is called between pieces and may throw.
 * @throws FileChanged if the source is, or was meanwhile, not in `state` any more
 */
export function copyFile(from: Buffer, to: Buffer, state: FileState, check: () => void): void {
  const source = openUnchanged(from, state);
  try {
    const stats = fstatSync(source, { bigint: true });
    const target = openSync(to, CREATE, 0o600);
    try {
      copyContent(source, target, state.size, stats.blocks * 512n < stats.size, check);
      fchmodSync(target, permittedMode(target, Number(stats.mode), Number(stats.uid), Number(stats.gid)));
      futimesSync(target, Number(stats.atimeNs) / 1e9, Number(stats.mtimeNs) / 1e9);
      fsyncSync(target);
    } finally {
      closeSync(target);
    }
    if (!sameState(stateOf(fstatSync(source, { bigint: true })), state))
      throw new FileChanged('The file was changed while it was copied.');
  } finally {
    closeSync(source);
  }
}

function copyContent(source: number, target: number, size: number, sparse: boolean, check: () => void): void {
  const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, Math.max(size, 1)));
  let position = 0;
  for (;;) {
    check();
    const bytes = readSync(source, piece, 0, piece.length, position);
    if (bytes === 0) break;
    const isHole = sparse && piece.compare(ZEROS, 0, bytes, 0, bytes) === 0;
    for (let done = 0; !isHole && done < bytes;)
      done += writeSync(target, piece, done, bytes - done, position + done);
    position += bytes;
  }
  if (sparse) ftruncateSync(target, position);
}

/** The bits that change who a program runs as are kept only with the owner. */
function permittedMode(target: number, mode: number, uid: number, gid: number): number {
  try {
    fchownSync(target, uid, gid);
    return mode & 0o7777;
  } catch {
    return mode & 0o777;
  }
}

/** True if both files hold the same bytes now. Links are not followed. */
export function sameContent(a: Buffer, b: Buffer, check: () => void): boolean {
  const first = openSync(a, READ);
  try {
    const second = openSync(b, READ);
    try {
      const left = Buffer.allocUnsafe(PIECE_BYTES);
      const right = Buffer.allocUnsafe(PIECE_BYTES);
      for (let position = 0; ;) {
        check();
        const leftBytes = readFully(first, left, position);
        const rightBytes = readFully(second, right, position);
        if (leftBytes !== rightBytes || left.compare(right, 0, rightBytes, 0, leftBytes) !== 0) return false;
        if (leftBytes < PIECE_BYTES) return true;
        position += leftBytes;
      }
    } finally {
      closeSync(second);
    }
  } finally {
    closeSync(first);
  }
}

function readFully(descriptor: number, piece: Buffer, position: number): number {
  let done = 0;
  while (done < piece.length) {
    const bytes = readSync(descriptor, piece, done, piece.length - done, position + done);
    if (bytes === 0) break;
    done += bytes;
  }
  return done;
}
