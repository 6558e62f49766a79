/**
 * A path inside a snapshot as a query: text if it is UTF-8, else its bytes. People may write it with a leading slash
 * or a dot, as they would write any path.
 */
export function pathQuery(path: string): string {
  const relative = normalised(path);
  return relative === '' ? '' : `path=${encodeURIComponent(relative)}`;
}

/** As the snapshot names it: without leading `/` or `./` and trailing `/`. */
export function normalised(path: string): string {
  return path
    .replace(/^(\.?\/+)+/, '')
    .replace(/\/+$/, '')
    .replace(/^\.$/, '');
}
