import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import {
  RECEIVERS_KEY,
  RunJob,
  agentPresenceKey,
  agentQueue,
  queuePrefix,
  type AgentPresence,
  type ReceiverPresence,
} from '@periodic-backup/contracts';
import {
  TestAuthority,
  freePort,
  startGuarded,
  startPostgres,
  startRedisCluster,
  temporaryDirectory,
  until,
  type GuardedProcess,
} from '@periodic-backup/testing';
import { Cluster } from 'ioredis';

const AGENT = 'laptop';
const VAULT_ID = randomUUID();
const startedAt = new Date().toISOString();
const vaultPublicKey = generateKeyPairSync('ed25519')
  .publicKey.export({ type: 'spki', format: 'pem' })
  .toString();

test('scheduler and admin API serve on a Redis Cluster and a PostgreSQL, both with TLS of a private CA', async () => {
  const authority = new TestAuthority();
  const certificate = authority.serverCertificate('127.0.0.1');
  const [cluster, postgres, directory] = await Promise.all([
    startRedisCluster({ certificate }),
    startPostgres({ certificate }),
    temporaryDirectory(),
  ]);
  const caFile = join(directory.path, 'ca.pem');
  await writeFile(caFile, authority.pem);
  const redis = new Cluster(
    cluster.nodes.map(({ port }) => ({ host: '127.0.0.1', port })),
    { redisOptions: { tls: { ca: authority.pem } }, slotsRefreshTimeout: 10_000 },
  );
  const [apiPort, healthPort] = [await freePort(), await freePort()];
  const env = {
    ...process.env,
    ...{ REDIS_URL: cluster.url, REDIS_TLS_CA_FILE: caFile },
    ...{ DATABASE_URL: `${postgres.url}?sslmode=verify-full`, DATABASE_CA_FILE: caFile },
    ...{ API_PORT: `${apiPort}`, HEALTH_PORT: `${healthPort}` },
    TICKET_PRIVATE_KEY_FILE: join(directory.path, 'ticket.key'),
    TICKET_PUBLIC_KEY_FILE: join(directory.path, 'ticket.pub'),
  };
  const services: GuardedProcess[] = [];
  try {
    services.push(await startService('scheduler', 'scheduler started', env));
    services.push(await startService('admin-api', 'the admin API listens', env));
    for (const port of [apiPort, healthPort])
      await until(async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).status === 200, {
        what: `readiness at port ${port}`,
      });

    const api = `http://127.0.0.1:${apiPort}/api/v1`;
    await until(
      async () => {
        await announce(redis);
        return (await (await fetch(`${api}/vaults`)).text()).includes(VAULT_ID);
      },
      { what: 'the vault to be known' },
    );
    const answer = await fetch(`${api}/plans`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        ...{ name: 'documents', agentId: AGENT, sourceDir: '/srv', vaultId: VAULT_ID },
        schedule: { kind: 'every', everySeconds: 10 },
      }),
    });
    expect(answer.status).toBe(201);
    const { id: planId } = (await answer.json()) as { id: string };

    const job = await until(
      async () => {
        await announce(redis);
        return firstJob(redis, agentQueue(AGENT));
      },
      { deadlineMs: 25_000, intervalMs: 200, what: "a tick to reach the agent's queue" },
    );
    expect(job.order).toMatchObject({ planId, agentId: AGENT, vaultId: VAULT_ID });
    expect(job.receivers).toEqual([{ receiverId: 'cellar-1', host: '127.0.0.1', port: 7400 }]);
  } finally {
    for (const service of services) await service.end('SIGTERM');
    redis.disconnect();
    await Promise.all([cluster.stop(), postgres.stop()]);
    await directory.remove();
  }
});

function startService(name: string, readyText: string, env: NodeJS.ProcessEnv): Promise<GuardedProcess> {
  const main = resolve(import.meta.dirname, `../../../apps/${name}/dist/bundle.js`);
  return startGuarded(process.execPath, [main], { readyText, orphanSignal: 'TERM', env });
}

/** What an agent and a receiver say every two seconds, said by the test. */
async function announce(redis: Cluster): Promise<void> {
  const said = { version: '1', startedAt, seenAt: new Date().toISOString() };
  const agent: AgentPresence = {
    ...{
      agentId: AGENT,
      hostname: 'host',
      allowedDirs: ['/srv'],
      backupDirs: [],
      restoreDirs: [],
      activeRuns: [],
    },
    ...said,
  };
  const receiver: ReceiverPresence = {
    ...{ receiverId: 'cellar-1', host: '127.0.0.1', port: 7400, activeSessions: 0, maxClients: 10 },
    ...{ vaultId: VAULT_ID, vaultName: 'cellar', layout: 'folders', targetDir: '/backups', vaultPublicKey },
    ...{ draining: false, vaultWritable: true, freeBytes: 1e9, totalBytes: 2e9 },
    ...said,
  };
  await redis.set(agentPresenceKey(AGENT), JSON.stringify(agent));
  await redis.hset(RECEIVERS_KEY, receiver.receiverId, JSON.stringify(receiver));
}

/** The first job that waits on a queue, read as BullMQ stores it. */
async function firstJob(redis: Cluster, queue: string): Promise<RunJob | null> {
  const base = `${queuePrefix(queue)}:${queue}`;
  const [id] = await redis.lrange(`${base}:wait`, -1, -1);
  const data = id === undefined ? null : await redis.hget(`${base}:${id}`, 'data');
  return data === null ? null : RunJob.parse(JSON.parse(data));
}
