import { Redis } from 'ioredis';
import type { ServerCertificate } from './test-certificates.js';

/** One question to the server (or sentinel) at a port of loopback, on a connection that lasts as long. */
export async function askRedis<T>(
  port: number,
  certificate: ServerCertificate | undefined,
  question: (redis: Redis) => Promise<T>,
): Promise<T> {
  const tls = certificate ? { tls: { ca: certificate.caPem } } : {};
  const redis = new Redis({ host: '127.0.0.1', port, lazyConnect: true, retryStrategy: () => null, ...tls });
  redis.on('error', () => undefined);
  await redis.connect();
  try {
    return await question(redis);
  } finally {
    redis.disconnect();
  }
}
