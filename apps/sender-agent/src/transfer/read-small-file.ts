import { closeSync, readSync } from 'node:fs';
import { MAX_SMALL_FILE_BYTES, digestOf } from '@periodic-backup/protocol';
import { errnoOf } from '@periodic-backup/local-files';
import { sameState, type FileState } from './file-state.js';
import type { OpenFile } from './open-entries.js';
import type { SourceFiles } from './source-files.js';

/** How often a small file that is being written is read again before it is sent as changed. */
const REPEATED_READS = 3;

export type SmallRead =
  /** The content lies in `content`, `state` is its file's. */
  | {
      readonly status: 'whole' | 'changed';
      readonly content: Buffer;
      readonly digest: Buffer;
      readonly state: FileState;
    }
  /** Errno of a file that could not be opened or read. */
  | { readonly status: 'failed'; readonly errno: string }
  /** It has outgrown the batch. */
  | { readonly status: 'large' };

/**
 * Reads a small file into `target` (of {@link MAX_SMALL_FILE_BYTES}). One look at the inode after
 * reading suffices if it agrees with what the walk saw before; else the file is read carefully.
 */
export function readSmallFile(files: SourceFiles, file: OpenFile, target: Buffer): SmallRead {
  const { entry, dev, ino } = file.walked;
  try {
    const descriptor = files.openQuickly(entry.path);
    if (descriptor !== null) {
      try {
        const bytes = readFully(descriptor, target, entry.size);
        const state = files.look(descriptor);
        const seen = { size: entry.size, mtimeNs: entry.mtimeNs, ctimeNs: entry.ctimeNs, dev, ino };
        if (bytes === entry.size && state && sameState(seen, state)) {
          const content = target.subarray(0, bytes);
          return { status: 'whole', content, digest: digestOf(content), state };
        }
      } finally {
        closeSync(descriptor);
      }
    }
  } catch {
    // The careful way names the error.
  }
  return readCarefully(files, file, target);
}

function readCarefully(files: SourceFiles, file: OpenFile, target: Buffer): SmallRead {
  let descriptor: number;
  try {
    descriptor = files.openSafely(file.walked.entry.path);
  } catch (error) {
    return { status: 'failed', errno: errnoOf(error) };
  }
  try {
    for (let repeats = 0; ; repeats++) {
      const before = files.look(descriptor);
      // Something else stands in its place now: the file that was announced has gone.
      if (!before) return { status: 'failed', errno: 'ENOENT' };
      if (before.size > MAX_SMALL_FILE_BYTES) return { status: 'large' };
      const bytes = readFully(descriptor, target, before.size);
      const after = files.look(descriptor);
      const whole = bytes === before.size && after !== null && sameState(before, after);
      if (whole || repeats === REPEATED_READS) {
        const content = target.subarray(0, bytes);
        // The state before reading: the next run then sees a difference and fetches the file again.
        return { status: whole ? 'whole' : 'changed', content, digest: digestOf(content), state: before };
      }
    }
  } catch (error) {
    return { status: 'failed', errno: errnoOf(error) };
  } finally {
    closeSync(descriptor);
  }
}

/** Reads up to `size` bytes from the start; fewer only at the end of the file. */
function readFully(descriptor: number, target: Buffer, size: number): number {
  let done = 0;
  while (done < size) {
    const bytes = readSync(descriptor, target, done, size - done, done);
    if (bytes === 0) break;
    done += bytes;
  }
  return done;
}
