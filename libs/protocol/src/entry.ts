/** One path of a source or a snapshot with its metadata. SPEC.md §5.1. */
export interface Entry {
  /** Path relative to the source, `/`-separated bytes; empty for the source directory itself. */
  readonly path: Buffer;
  readonly kind: EntryKind;
  /** Permission bits, 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes of a file, device number of a device, otherwise 0. */
  readonly size: number;
  /** Nanoseconds since 1970. */
  readonly mtimeNs: bigint;
  /** Nanoseconds since 1970. */
  readonly ctimeNs: bigint;
  /** Bytes of a symlink's target, or the path of the first name of a hard link; otherwise null. */
  readonly target: Buffer | null;
  /** Holes are worth looking for. */
  readonly sparse: boolean;
  /** Listed, but its content (file) or its children (directory) could not be read. */
  readonly unreadable: boolean;
  /** The content is what was read while the file was being written: not one moment's truth. */
  readonly changedWhileRead: boolean;
  /** BLAKE3 of the content; only files with content, only in manifests. */
  readonly digest: Buffer | null;
}

export type EntryKind =
  'file' | 'directory' | 'symlink' | 'hardlink' | 'fifo' | 'socket' | 'character-device' | 'block-device';

/** Caps of a path in bytes. */
export const MAX_PATH_BYTES = 4096;
export const MAX_NAME_BYTES = 255;

/**
 * Orders paths as entries are ordered: depth first, children in byte order. Returns < 0, 0 or > 0.
 * Equal to comparing the bytes with `/` counted as 0, because a path never holds NUL.
 */
export function comparePaths(a: Buffer, b: Buffer): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a[i] as number;
    const y = b[i] as number;
    if (x !== y) return (x === 0x2f ? 0 : x) - (y === 0x2f ? 0 : y);
  }
  return a.length - b.length;
}
