/** The path of a question in base64; null: none was named. */
export function pathOfQuery({
  path,
  pathBytes,
}: {
  readonly path?: string | undefined;
  readonly pathBytes?: string | undefined;
}): string | null {
  if (pathBytes !== undefined && pathBytes !== '')
    return Buffer.from(pathBytes, 'base64url').toString('base64');
  return path === undefined || path === '' ? null : Buffer.from(path).toString('base64');
}
