import { textOrNothing } from '../../app/search-values.js';

/** What is to be restored, as it stands in the address. */
export interface RestoreSearch {
  /** Whose newest snapshot it is, unless one is named. */
  readonly plan?: string | undefined;
  readonly snapshot?: string | undefined;
  /** Paths as base64url of their bytes; nothing: all. */
  readonly path?: readonly string[] | undefined;
}

export function restoreSearch(search: Record<string, unknown>): RestoreSearch {
  const paths = [search['path']].flat().flatMap((path) => textOrNothing(path) ?? []);
  return {
    plan: textOrNothing(search['plan']),
    snapshot: textOrNothing(search['snapshot']),
    path: paths.length > 0 ? paths : undefined,
  };
}
