import { Redis } from 'ioredis';
import type { Logger } from 'pino';

/**
 * Connects to Redis. `worker` connections wait for Redis to come back for as long as it takes; `producer`
 * connections fail a command at once, so that a caller can say so or keep the message. Errors are logged once per outage.
 */
export function connectRedis(url: string, purpose: 'worker' | 'producer', logger: Logger): Redis {
  const redis = new Redis(url, {
    maxRetriesPerRequest: purpose === 'worker' ? null : 1,
    enableOfflineQueue: purpose === 'worker',
    retryStrategy: (attempt) => Math.min(attempt * 100, 2000),
    connectTimeout: 5000,
  });
  let lost = false;
  redis.on('error', (error: Error) => {
    if (!lost) logger.warn({ error: error.message }, 'Redis is not reachable; trying again until it is');
    lost = true;
  });
  redis.on('ready', () => {
    if (lost) logger.info('Redis is reachable again');
    lost = false;
  });
  return redis;
}

/** Resolves once a producer connection takes commands; rejects after `timeoutMs`. */
export async function redisReady(redis: Redis, timeoutMs: number): Promise<void> {
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
