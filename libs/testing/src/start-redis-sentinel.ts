import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { askRedis } from './ask-redis.js';
import { freePort } from './free-port.js';
import { startGuarded } from './guarded-process.js';
import { redisProgram, startRedis, tlsSettings } from './start-redis.js';
import { temporaryDirectory } from './temporary-directory.js';
import type { ServerCertificate } from './test-certificates.js';
import type { TestServer } from './test-server.js';
import { until } from './until.js';

const MASTER_NAME = 'main';

export interface TestSentinel {
  /** As REDIS_URL names it. */
  readonly url: string;
  readonly master: TestServer;
  readonly replica: TestServer;
  /** Resolves once the replica holds all that the master took before. */
  replicated(): Promise<void>;
  stop(): Promise<void>;
}

/** A master, a replica, and one sentinel that makes the replica the master half a second after that was killed. */
export async function startRedisSentinel(
  options: { certificate?: ServerCertificate } = {},
): Promise<TestSentinel> {
  const { certificate } = options;
  const master = await startRedis({ certificate, settings: { 'repl-diskless-sync-delay': '0' } });
  const replica = await startRedis({ certificate, settings: { replicaof: `127.0.0.1 ${master.port}` } });
  const directory = await temporaryDirectory('pbk-sentinel-');
  const port = await freePort();
  const tls = certificate ? await tlsSettings(directory.path, port, certificate) : { port: `${port}` };
  const file = join(directory.path, 'sentinel.conf');
  const lines = [
    ...Object.entries({ ...tls, bind: '127.0.0.1', dir: directory.path }).map((entry) => entry.join(' ')),
    `sentinel monitor ${MASTER_NAME} 127.0.0.1 ${master.port} 1`,
    `sentinel down-after-milliseconds ${MASTER_NAME} 500`,
    `sentinel failover-timeout ${MASTER_NAME} 3000`,
  ];
  await writeFile(file, lines.join('\n'));
  const ask = <T>(to: number, question: (redis: Redis) => Promise<T>): Promise<T> =>
    askRedis(to, certificate, question);
  await until(
    () => ask(master.port, async (redis) => (await redis.info('replication')).includes('state=online')),
    { what: 'a replica' },
  );
  const sentinel = await startGuarded(redisProgram(), [file, '--sentinel'], {
    ...{ readyText: '+monitor master', orphanSignal: 'TERM' },
  });
  await until(
    async () => {
      const replicas = await ask(port, (redis) => redis.call('SENTINEL', 'REPLICAS', MASTER_NAME));
      return (replicas as unknown[]).length > 0;
    },
    { what: 'the sentinel to know the replica' },
  );
  return {
    url: `${certificate ? 'rediss' : 'redis'}-sentinel://127.0.0.1:${port}/${MASTER_NAME}`,
    ...{ master, replica },
    async replicated() {
      const copies = await ask(master.port, async (redis) => {
        // WAIT waits for what its own connection has written; that comes after all the others wrote.
        await redis.set('replicated', Date.now());
        return redis.wait(1, 5000);
      });
      if (copies < 1) throw new Error('The replica did not follow its master.');
    },
    async stop() {
      await sentinel.end('SIGTERM');
      await Promise.all([master.stop(), replica.stop(), directory.remove()]);
    },
  };
}
