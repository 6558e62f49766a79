import type { Redis } from 'ioredis';
import { askRedis } from './ask-redis.js';
import { freePort } from './free-port.js';
import { startRedis } from './start-redis.js';
import type { ServerCertificate } from './test-certificates.js';
import type { TestServer } from './test-server.js';
import { until } from './until.js';

const SLOTS = 16_384;
const NODES = 3;

export interface TestCluster {
  /** As REDIS_URL names it, by two of the nodes. */
  readonly url: string;
  readonly nodes: readonly TestServer[];
  stop(): Promise<void>;
}

/** A private Redis Cluster of three masters without replicas: whose node is killed is down until its restart. */
export async function startRedisCluster(
  options: { certificate?: ServerCertificate } = {},
): Promise<TestCluster> {
  const { certificate } = options;
  const nodes = await Promise.all(
    Array.from({ length: NODES }, async () =>
      startRedis({
        ...{ certificate, appendOnly: true, port: await portWithBus() },
        settings: {
          ...{
            'cluster-enabled': 'yes',
            'cluster-node-timeout': '2000',
            'cluster-config-file': 'nodes.conf',
          },
          ...(certificate ? { 'tls-cluster': 'yes' } : {}),
        },
      }),
    ),
  );
  const ask = <T>({ port }: TestServer, question: (redis: Redis) => Promise<T>): Promise<T> =>
    askRedis(port, certificate, question);
  await Promise.all(
    nodes.map((node, index) => ask(node, (redis) => redis.cluster('ADDSLOTS', ...slotsOf(index)))),
  );
  for (const { port } of nodes.slice(1))
    await ask(nodes[0]!, (redis) => redis.cluster('MEET', '127.0.0.1', port));
  await until(async () => (await Promise.all(nodes.map((node) => ask(node, isWhole)))).every(Boolean), {
    what: 'a whole cluster',
  });
  const hosts = nodes.slice(0, 2).map(({ port }) => `127.0.0.1:${port}`);
  return {
    url: `${certificate ? 'rediss' : 'redis'}-cluster://${hosts.join(',')}`,
    nodes,
    stop: async () => void (await Promise.all(nodes.map((node) => node.stop()))),
  };
}

async function isWhole(redis: Redis): Promise<boolean> {
  const info = await redis.cluster('INFO');
  return info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${NODES}`);
}

function slotsOf(index: number): number[] {
  return Array.from({ length: SLOTS }, (_, slot) => slot).filter((slot) => slot % NODES === index);
}

/** Nodes talk to each other 10,000 ports higher. */
async function portWithBus(): Promise<number> {
  for (;;) {
    const port = await freePort();
    if (port + 10_000 <= 65_535) return port;
  }
}
