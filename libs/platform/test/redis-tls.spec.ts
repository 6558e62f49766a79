import { RECEIVERS_KEY, agentQueue } from '@periodic-backup/contracts';
import {
  TestAuthority,
  startRedis,
  startRedisCluster,
  startRedisSentinel,
  until,
} from '@periodic-backup/testing';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { connectRedis, redisReady } from '../src/index.js';
import { RedisParty } from './redis-party.js';

const authority = new TestAuthority();
const certificate = authority.serverCertificate('127.0.0.1', 'localhost');
const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
});

async function expectService(url: string): Promise<void> {
  const party = await RedisParty.open(url, authority.pem);
  try {
    expect(await party.sendJob(agentQueue('a'), 'hello')).toBe('hello');
    expect(await party.announce(RECEIVERS_KEY, 'agent-1')).toEqual(['agent-1']);
    await party.listen();
    await party.producer.publish('channel', 'news');
    await until(() => party.messages.includes('news'), { what: 'the message' });
  } finally {
    await party.close();
  }
}

test.each([
  ['of another CA', () => [certificate, new TestAuthority().pem] as const],
  ['of a private CA that was not named', () => [certificate, undefined] as const],
  ['made out for another host', () => [authority.serverCertificate('elsewhere'), authority.pem] as const],
])('a server whose certificate is %s is refused, and the log says why', async (_what, make) => {
  const [serverCertificate, trustedCa] = make();
  const server = await startRedis({ certificate: serverCertificate });
  running.push(server);
  const lines: string[] = [];
  const log = pino(
    new Writable({ write: (chunk: Buffer, _encoding, done) => (lines.push(`${chunk}`), done()) }),
  );
  const redis = connectRedis(server.url, 'producer', log, trustedCa);
  try {
    await until(() => lines.length > 0, { what: 'a line in the log' });
    expect(lines[0]).toMatch(/certificate|altnames/i);
    await expect(redis.ping()).rejects.toThrow();
    await expect(redisReady(redis, 300)).rejects.toThrow('did not answer');
  } finally {
    // ioredis leaves a socket without a listener for errors if it is told to end in the middle of a handshake that fails.
    await until(() => redis.status === 'reconnecting', { what: 'a pause between two attempts' });
    redis.disconnect();
  }
});

test('a CA for a connection without TLS is a contradiction that is said', () => {
  expect(() =>
    connectRedis('redis://127.0.0.1', 'producer', pino({ enabled: false }), authority.pem),
  ).toThrow(/REDIS_TLS_CA is set, but REDIS_URL asks for no TLS/);
});

test('one server with a certificate of a private CA serves', async () => {
  const server = await startRedis({ certificate });
  running.push(server);
  await expectService(server.url);
  await expectService(server.url.replace('127.0.0.1', 'localhost'));
});

test('a cluster with a certificate of a private CA serves', async () => {
  const cluster = await startRedisCluster({ certificate });
  running.push(cluster);
  await expectService(cluster.url);
});

test('sentinels and their master with a certificate of a private CA serve', async () => {
  const sentinel = await startRedisSentinel({ certificate });
  running.push(sentinel);
  await expectService(sentinel.url);
});
