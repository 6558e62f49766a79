import { isIP } from 'node:net';
import { Cluster, Redis, type ClusterOptions, type RedisOptions } from 'ioredis';
import type { Logger } from 'pino';
import { ConfigError } from './config.js';
import { parseRedisUrl, type RedisAddress } from './redis-url.js';

/** One server, one that sentinels name, or a cluster: who uses it need not know. */
export type RedisClient = Redis | Cluster;

export type RedisPurpose = 'worker' | 'producer';

/**
 * Above what a worker waits for a job in one command (10 s at most). A server that was frozen or cut off without a
 * word would otherwise hold a connection for a quarter of an hour.
 */
const SILENCE_MS = 20_000;

/**
 * Connects to Redis. `worker` connections wait for Redis to come back for as long as it takes; `producer`
 * connections fail a command at once, so that a caller can say so or keep the message. Errors are logged once per outage.
 * With TLS the server's certificate is checked always: against `tlsCa` (PEM) if given, else against the public CAs.
 * @throws RedisUrlError
 * @throws ConfigError if a CA is given but the URL asks for no TLS
 */
export function connectRedis(
  url: string,
  purpose: RedisPurpose,
  logger: Logger,
  tlsCa?: string,
): RedisClient {
  const address = parseRedisUrl(url);
  if (tlsCa !== undefined && !address.tls)
    throw new ConfigError([
      'REDIS_TLS_CA is set, but REDIS_URL asks for no TLS: let it begin with "rediss".',
    ]);
  const redis = open(address, purpose, tlsCa === undefined ? {} : { ca: tlsCa });
  let lost = false;
  redis.on('error', (error: Error) => {
    if (!lost) logger.warn({ error: reasonOf(error) }, 'Redis is not reachable; trying again until it is');
    lost = true;
  });
  redis.on('ready', () => {
    if (lost) logger.info('Redis is reachable again');
    lost = false;
  });
  return redis;
}

function open(address: RedisAddress, purpose: RedisPurpose, tls: { ca?: string }): RedisClient {
  const options = {
    ...commonOptions(purpose),
    ...(address.username === undefined ? {} : { username: address.username }),
    ...(address.password === undefined ? {} : { password: address.password }),
    ...(address.tls ? { tls } : {}),
  };
  switch (address.kind) {
    case 'server': {
      const { host, port } = address.host;
      const named = address.tls && isIP(host) === 0 ? { tls: { ...tls, servername: host } } : {};
      return new Redis({ ...options, ...namedOptions(purpose), ...named, host, port, db: address.db });
    }
    case 'sentinel':
      return new Redis({
        ...options,
        ...namedOptions(purpose),
        sentinels: [...address.sentinels],
        name: address.masterName,
        db: address.db,
        sentinelCommandTimeout: 2000,
        ...(address.sentinelUsername === undefined ? {} : { sentinelUsername: address.sentinelUsername }),
        ...(address.sentinelPassword === undefined ? {} : { sentinelPassword: address.sentinelPassword }),
        ...(address.tls ? { enableTLSForSentinelMode: true, sentinelTLS: tls } : {}),
      });
    case 'cluster':
      return new Cluster([...address.nodes], { ...clusterOptions(purpose), redisOptions: options });
  }
}

/** What every connection to a single server has, be it a node of a cluster. */
function commonOptions(purpose: RedisPurpose) {
  return {
    maxRetriesPerRequest: purpose === 'worker' ? null : 1,
    connectTimeout: 5000,
    socketTimeout: SILENCE_MS,
    // A master that became a replica, before anybody closed our connection: 2 means connect again and repeat.
    reconnectOnError: (error: Error) => (error.message.startsWith('READONLY') ? 2 : false),
  } satisfies RedisOptions;
}

function namedOptions(purpose: RedisPurpose) {
  return {
    enableOfflineQueue: purpose === 'worker',
    retryStrategy: (attempt: number) => Math.min(attempt * 100, 2000),
  } satisfies RedisOptions;
}

function clusterOptions(purpose: RedisPurpose): ClusterOptions {
  const patient = purpose === 'worker';
  return {
    enableOfflineQueue: patient,
    clusterRetryStrategy: (attempt) => Math.min(attempt * 100, 2000),
    // While a node is away: a worker tries for half a minute, then BullMQ begins again; a producer for 1.6 s.
    maxRedirections: patient ? 64 : 16,
    retryDelayOnFailover: patient ? 500 : 100,
    retryDelayOnClusterDown: patient ? 500 : 100,
    slotsRefreshTimeout: 5000,
    // Each refresh is a connection of its own; MOVED and lost nodes refresh at once anyway.
    slotsRefreshInterval: 60_000,
    // Names stay names: certificates are made out for them.
    dnsLookup: (host, callback) => callback(null, host),
  };
}

/** A cluster that nobody answers for hides the reason one level deeper. */
function reasonOf(error: Error & { lastNodeError?: Error | null; errors?: unknown }): string {
  const inner = error.lastNodeError ?? (Array.isArray(error.errors) ? (error.errors[0] as Error) : null);
  return inner ? [error.message, reasonOf(inner)].filter(Boolean).join(' ') : error.message;
}

/** Resolves once a producer connection takes commands; rejects after `timeoutMs`. */
export async function redisReady(redis: RedisClient, timeoutMs: number): Promise<void> {
  if (redis.status === 'ready') return;
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      redis.off('ready', onReady);
      reject(new Error(`Redis did not answer within ${timeoutMs} ms.`));
    }, timeoutMs);
    const onReady = (): void => {
      clearTimeout(timer);
      resolve();
    };
    redis.once('ready', onReady);
  });
}
