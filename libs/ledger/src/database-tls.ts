import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';

const TLS_PARAMETERS = ['sslmode', 'ssl', 'sslrootcert', 'sslcert', 'sslkey', 'uselibpqcompat'];

/**
 * What pg needs to encrypt as the URL and `ca` say: not at all, or with the server's certificate and name checked.
 * Decided here because pg lets any TLS parameter of a URL override a CA that is given apart, warns of `require`, and
 * knows ways to encrypt without checking.
 * @throws Error if a file that the URL names cannot be read
 */
export function databaseTls(
  databaseUrl: string,
  ca?: string,
): { connectionString: string; ssl: false | ConnectionOptions } {
  const [base = '', ...rest] = databaseUrl.split('?');
  const parameters = new URLSearchParams(rest.join('?'));
  const mode = parameters.get('sslmode') ?? process.env['PGSSLMODE'];
  const read = (name: string): string | undefined => {
    const file = parameters.get(name);
    return file === null ? undefined : readFileSync(file, 'utf8');
  };
  const given = { ca: ca ?? read('sslrootcert'), cert: read('sslcert'), key: read('sslkey') };
  for (const name of TLS_PARAMETERS) parameters.delete(name);

  const files = Object.entries(given).filter(([, pem]) => pem !== undefined);
  const wanted = files.length > 0 || (mode !== undefined && mode !== 'disable');
  return {
    connectionString: parameters.size === 0 ? base : `${base}?${parameters.toString()}`,
    ssl: wanted ? { ...Object.fromEntries(files), rejectUnauthorized: true } : false,
  };
}

/** True if the server was reached but is not whom the certificates say it should be. */
export function isCertificateError(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return (
    typeof code === 'string' &&
    /^(ERR_TLS_CERT|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(GET|VERIFY|DECODE)_)/.test(code)
  );
}
