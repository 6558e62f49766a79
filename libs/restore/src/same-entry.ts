import { closeSync, constants, openSync, readSync, readlinkSync, type BigIntStats } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { createDigest, type Entry } from '@periodic-backup/protocol';
import { kindOf } from '@periodic-backup/local-files';
import { isSameTime } from './file-time.js';

const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const PIECE_BYTES = 1_048_576;
/** The event loop gets its turn after so many pieces: connections must be kept alive meanwhile. */
const PIECES_PER_TURN = 8;

/** True if what stands there is of the entry's kind and says the same without being read. Not for hard links. */
export function looksSame(entry: Entry, found: BigIntStats, path: Buffer): boolean {
  if (kindOf(found) !== entry.kind) return false;
  switch (entry.kind) {
    case 'file':
      return found.size === BigInt(entry.size) && isSameTime(entry.mtimeNs, found.mtimeNs);
    case 'symlink':
      return entry.target !== null && readlinkSync(path, { encoding: 'buffer' }).equals(entry.target);
    case 'character-device':
    case 'block-device':
      return found.rdev === BigInt(entry.size);
    default:
      return true;
  }
}

/** The digest of a file's first bytes, read without following a link. @throws the system's error */
export async function digestOfFile(
  path: Buffer,
  sizeBytes: number,
  check: () => void,
): Promise<{ bytes: number; digest: ReturnType<typeof createDigest> }> {
  const descriptor = openSync(path, READ);
  try {
    const digest = createDigest();
    const piece = Buffer.allocUnsafe(Math.max(1, Math.min(PIECE_BYTES, sizeBytes)));
    let bytes = 0;
    for (let pieces = 1; bytes < sizeBytes; pieces++) {
      const read = readSync(descriptor, piece, 0, Math.min(piece.length, sizeBytes - bytes), bytes);
      if (read === 0) break;
      digest.update(piece.subarray(0, read));
      bytes += read;
      if (pieces % PIECES_PER_TURN !== 0) continue;
      check();
      await turn();
    }
    return { bytes, digest };
  } finally {
    closeSync(descriptor);
  }
}

/** True if the file holds exactly what the entry says. */
export async function holdsSame(path: Buffer, entry: Entry, check: () => void): Promise<boolean> {
  if (!entry.digest) return false;
  const { bytes, digest } = await digestOfFile(path, entry.size, check);
  return digest.finish().equals(entry.digest) && bytes === entry.size;
}
