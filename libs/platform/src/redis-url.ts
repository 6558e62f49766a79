/** Where Redis is and how it is set up, as REDIS_URL says it. */
export type RedisAddress = {
  /** Every connection is encrypted and the server's certificate checked. */
  readonly tls: boolean;
  readonly username?: string;
  readonly password?: string;
} & (
  | { readonly kind: 'server'; readonly host: RedisHost; readonly db: number }
  | {
      readonly kind: 'sentinel';
      readonly sentinels: readonly RedisHost[];
      readonly masterName: string;
      readonly db: number;
      readonly sentinelUsername?: string;
      readonly sentinelPassword?: string;
    }
  | { readonly kind: 'cluster'; readonly nodes: readonly RedisHost[] }
);

export interface RedisHost {
  readonly host: string;
  readonly port: number;
}

/** REDIS_URL cannot be used; `message` says why in words and never shows the URL, which may hold a password. */
export class RedisUrlError extends Error {
  override readonly name = 'RedisUrlError';
  readonly retryable = false;
}

export const REDIS_URL_FORMS =
  'redis://[user:password@]host:port[/db], redis-sentinel://[user:password@]host1:26379,host2:26379/master-name[/db] ' +
  'or redis-cluster://[user:password@]host1:6379,host2:6379; with TLS rediss://, rediss-sentinel:// or rediss-cluster://';

const SHAPE = /^redis(s?)(?:-(sentinel|cluster))?:\/\/([^/?#]*)(?:\/([^?#]*))?(?:\?([^#]*))?$/;
const HOST = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?$/;
const SENTINEL_OPTIONS = ['sentinelUsername', 'sentinelPassword'] as const;

/**
 * Reads every form of REDIS_URL. User and password belong to Redis itself; those of the sentinels, if they want any,
 * are `?sentinelUsername=…&sentinelPassword=…`. All of them percent-encoded.
 * @throws RedisUrlError
 */
export function parseRedisUrl(url: string): RedisAddress {
  const [, s, kind, authority = '', path = '', query = ''] =
    SHAPE.exec(url) ?? fail(`must be ${REDIS_URL_FORMS}`);
  const at = authority.lastIndexOf('@');
  const access = { tls: s === 's', ...credentials(at < 0 ? '' : authority.slice(0, at)) };
  const hostList = authority.slice(at + 1).split(',');
  const options = optionsOf(query, kind === 'sentinel' ? SENTINEL_OPTIONS : []);

  if (kind === 'sentinel') {
    const [name = '', db, ...rest] = path.split('/');
    if (name === '' || rest.length > 0)
      fail(
        'must end with the name that the sentinels know the master by, such as …:26379/main or …:26379/main/0',
      );
    const sentinels = hostList.map((host) => hostOf(host, 26_379));
    return { kind, ...access, sentinels, masterName: decoded(name), db: dbOf(db), ...options };
  }
  if (kind === 'cluster') {
    if (path !== '' && path !== '0') fail('must not name a database: a cluster has only one');
    return { kind, ...access, nodes: hostList.map((host) => hostOf(host, 6379)) };
  }
  if (hostList.length > 1)
    fail(
      'names several hosts: write redis-sentinel://…/master-name or redis-cluster://… (rediss-… with TLS)',
    );
  return { kind: 'server', ...access, host: hostOf(hostList[0] ?? '', 6379), db: dbOf(path) };
}

function credentials(text: string): { username?: string; password?: string } {
  if (text === '') return {};
  const colon = text.indexOf(':');
  if (colon < 0) fail('names a user without a password: write user:password@host, or :password@host');
  const username = decoded(text.slice(0, colon));
  return { ...(username === '' ? {} : { username }), password: decoded(text.slice(colon + 1)) };
}

function hostOf(text: string, defaultPort: number): RedisHost {
  const [, host = '', port = String(defaultPort)] =
    HOST.exec(text) ??
    fail(
      'has a host that cannot be read: write host or host:port, and "/", "?", "#", "@" of a password percent-encoded',
    );
  if (Number(port) < 1 || Number(port) > 65_535) fail('has a port that is not from 1 to 65535');
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
}

function dbOf(text: string | undefined): number {
  if (text === undefined || text === '') return 0;
  if (!/^\d{1,5}$/.test(text)) fail('has a database that is not a number: write /0 or leave it out');
  return Number(text);
}

function optionsOf<N extends string>(query: string, known: readonly N[]): Partial<Record<N, string>> {
  const options: Partial<Record<N, string>> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    const option =
      known.find((other) => other === name) ??
      fail(`has an option that is not known here (known: ${known.join(', ') || 'none'})`);
    options[option] = value;
  }
  return options;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new RedisUrlError('has a "%" that encodes nothing: write "%25" for the character itself', {
      cause,
    });
  }
}

function fail(message: string): never {
  throw new RedisUrlError(message);
}
