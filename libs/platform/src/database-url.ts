export const DATABASE_URL_FORM =
  'must be a URL such as postgres://user:password@localhost:5432/periodic_backup[?sslmode=verify-full]';

const SSL_MODES = ['disable', 'require', 'verify-ca', 'verify-full'];

/**
 * Why DATABASE_URL cannot be used, or null. Refuses what would encrypt without checking whom one talks to, or only
 * perhaps: TLS here is verified (chain and host name) or not used.
 */
export function databaseUrlProblem(url: string): string | null {
  if (!/^postgres(ql)?:\/\//.test(url)) return DATABASE_URL_FORM;
  const query = new URLSearchParams(url.split('?').slice(1).join('?'));
  const mode = query.get('sslmode');
  if (mode !== null && !SSL_MODES.includes(mode))
    return (
      `must not have sslmode=${mode}: use verify-full (encrypted, the server's certificate is checked; name a ` +
      'private CA by DATABASE_CA_FILE) or disable'
    );
  for (const name of ['ssl', 'uselibpqcompat'])
    if (query.has(name)) return `must not have ${name}=…: say sslmode=verify-full or sslmode=disable instead`;
  return null;
}
