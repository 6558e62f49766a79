/** Parts of an absolute path from the top, each with the path that leads to it: `/srv/documents` → `/srv`, `/srv/documents`. */
export interface PathPart {
  readonly name: string;
  readonly path: string;
}

export function partsOf(path: string): readonly PathPart[] {
  const names = path.split('/').filter((name) => name !== '');
  return names.map((name, index) => ({ name, path: `/${names.slice(0, index + 1).join('/')}` }));
}

/** True if `path` is `directory` or lies below it. */
export function isWithin(path: string, directory: string): boolean {
  const top = directory.replace(/\/+$/, '');
  return path === top || path === directory || path.startsWith(`${top}/`);
}

/** The exclude (gitignore syntax) that names just this entry of the source. */
export function excludeOf(path: string, sourceDir: string, isDirectory: boolean): string {
  const inner = path.slice(sourceDir.replace(/\/+$/, '').length);
  // Backslash, glob characters and a space at the end mean something else in a pattern.
  const escaped = inner.replace(/[\\*?[\]]/g, String.raw`\$&`).replace(/ $/, String.raw`\ `);
  return isDirectory ? `${escaped}/` : escaped;
}
