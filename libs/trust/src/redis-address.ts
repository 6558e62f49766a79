/** A URL of Redis, of whatever form, without user and password. */
export function withoutUser(url: string): string {
  return url.replace(/^([a-z-]+:\/\/)[^/?#]*@/, '$1');
}

/** The same with these in place of those it had. */
export function withUser(url: string, user: string, password: string): string {
  return withoutUser(url).replace(
    /^[a-z-]+:\/\//,
    (scheme) => `${scheme}${encodeURIComponent(user)}:${encodeURIComponent(password)}@`,
  );
}
