import { CursorError } from '@periodic-backup/ledger';
import { pathProblem } from './snapshot-paths.js';

/** The path after (or at) which a page begins, as text that a client hands back. `kind` tells lists apart. */
export function encodePathCursor(kind: string, path: Buffer): string {
  return `${kind}.${path.toString('base64url')}`;
}

/** @throws CursorError – ask for the first page */
export function decodePathCursor(kind: string, cursor: string | undefined): Buffer | null {
  if (cursor === undefined) return null;
  const [name, text, ...rest] = cursor.split('.');
  const path = Buffer.from(text ?? '', 'base64url');
  if (name !== kind || !text || rest.length > 0 || path.length === 0 || pathProblem(path) !== null)
    throw new CursorError(
      'The cursor is not one that an earlier page of this list gave: ask for the first page again.',
    );
  return path;
}
