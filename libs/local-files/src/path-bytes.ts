/** Paths are bytes: names need not be UTF-8. */

const SLASH = 0x2f;
const SLASH_BYTES = Buffer.from('/');

/** `directory/name`; the name alone below the source itself (empty path). */
export function joinPath(directory: Buffer, name: Buffer): Buffer {
  return directory.length === 0 ? name : Buffer.concat([directory, SLASH_BYTES, name]);
}

/** The path of the directory that holds `path`; empty at the top. */
export function parentOf(path: Buffer): Buffer {
  const slash = path.lastIndexOf(SLASH);
  return slash === -1 ? path.subarray(0, 0) : path.subarray(0, slash);
}

/** The last component. */
export function nameOf(path: Buffer): Buffer {
  return path.subarray(path.lastIndexOf(SLASH) + 1);
}

/** True if `path` is `directory` or lies below it; the empty directory holds everything. */
export function isWithin(directory: Buffer, path: Buffer): boolean {
  if (directory.length === 0) return true;
  if (path.length < directory.length || path.compare(directory, 0, directory.length, 0, directory.length))
    return false;
  return path.length === directory.length || path[directory.length] === SLASH;
}

/** For people: bytes that are not UTF-8 become U+FFFD. */
export function showPath(path: Buffer): string {
  return path.length === 0 ? '.' : path.toString('utf8');
}
