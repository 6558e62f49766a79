import { readSync, writeSync } from 'node:fs';

/** Writes all bytes at `position`, or at the file's own position if null. A call may take only a part of them. */
export function writeAll(file: number, bytes: Uint8Array, position: number | null = null): void {
  let written = writeSync(file, bytes, 0, bytes.length, position);
  while (written < bytes.length)
    written += writeSync(
      file,
      bytes,
      written,
      bytes.length - written,
      position === null ? null : position + written,
    );
}

/** Fills `into` from `position`; returns how many bytes there were. */
export function readFully(file: number, into: Uint8Array, position: number): number {
  let filled = 0;
  while (filled < into.length) {
    const read = readSync(file, into, filled, into.length - filled, position + filled);
    if (read === 0) break;
    filled += read;
  }
  return filled;
}
