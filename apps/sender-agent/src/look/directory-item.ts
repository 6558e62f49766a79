import { accessSync, constants, lstatSync } from 'node:fs';
import type { DirectoryItem, DirectoryUse } from '@periodic-backup/contracts';
import { joinPath, kindOf, type OpenDirectory } from '@periodic-backup/local-files';

const ROOT = Buffer.from('/');

/** What stands under a name in an open directory, as it is now; `parent` is what the asker calls that directory. */
export function itemOf(
  parent: Buffer,
  directory: OpenDirectory,
  name: Buffer,
  uses: DirectoryUse[],
  excludedBy: number | null,
): DirectoryItem {
  const path = parent.equals(ROOT) ? Buffer.concat([ROOT, name]) : joinPath(parent, name);
  const access = Buffer.concat([directory.prefix, name]);
  const stats = statsOf(access);
  const kind = stats && kindOf(stats);
  const text = path.toString();
  return {
    ...{ name: name.toString(), path: text, pathBytes: path.toString('base64') },
    isText: Buffer.from(text).equals(path),
    kind,
    sizeBytes: kind === 'file' && stats ? Number(stats.size) : null,
    mtime: stats ? new Date(Number(stats.mtimeMs)).toISOString() : null,
    readable: kind === 'directory' || kind === 'file' ? isReadable(access, kind) : kind !== null,
    uses: kind === 'directory' ? uses : [],
    excludedBy,
  };
}

export function isReadable(path: Buffer, kind: 'directory' | 'file'): boolean {
  try {
    accessSync(path, constants.R_OK | (kind === 'directory' ? constants.X_OK : 0));
    return true;
  } catch {
    return false;
  }
}

function statsOf(path: Buffer) {
  try {
    return lstatSync(path, { bigint: true });
  } catch {
    return null;
  }
}
