import { oneOf, textOrNothing } from '../../app/search-values.js';

export type EntrySort = 'name' | 'size' | 'mtime';
const SORTS: readonly EntrySort[] = ['name', 'size', 'mtime'];

/** What of a snapshot is shown, as it stands in the address. Paths are base64url of their bytes. */
export interface SnapshotSearch {
  /** The directory that is open; nothing: the top. */
  readonly path?: string | undefined;
  /** The name that is searched for in all snapshots of the plan. */
  readonly find?: string | undefined;
  /** The path whose details and versions are shown. */
  readonly file?: string | undefined;
  readonly sort?: EntrySort | undefined;
  readonly order?: 'asc' | 'desc' | undefined;
}

export function snapshotSearch(search: Record<string, unknown>): SnapshotSearch {
  return {
    path: textOrNothing(search['path']),
    find: textOrNothing(search['find']),
    file: textOrNothing(search['file']),
    sort: oneOf(search['sort'], SORTS),
    order: oneOf(search['order'], ['asc', 'desc'] as const),
  };
}
