import { once } from 'node:events';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { temporaryDirectory, type TemporaryDirectory } from '@periodic-backup/testing';
import { Redis } from 'ioredis';
import { freePorts } from '../processes/free-port.js';
import { stopOrphans } from '../processes/pid-file.js';
import { isAlive } from '../processes/process-identity.js';
import { ServiceLog } from '../processes/service-log.js';
import { SupervisedProcess } from '../processes/supervised-process.js';
import { privateRedis, redisUrl } from './private-redis.js';
import { redisProgram } from './redis-program.js';

let scratch: TemporaryDirectory;
let server: SupervisedProcess;
let url: string;
let pidsDir: string;

async function start(): Promise<void> {
  const [port = 0] = await freePorts(1);
  const env = { PATH: process.env['PATH'] };
  const options = {
    program: redisProgram(),
    directory: join(scratch.path, 'redis'),
    port,
    password: 'secret',
    env,
  };
  server = new SupervisedProcess(privateRedis(options), new ServiceLog(join(scratch.path, 'log')), pidsDir);
  url = redisUrl(port, 'secret');
  await server.start();
}

beforeEach(async () => {
  scratch = await temporaryDirectory();
  pidsDir = join(scratch.path, 'pids');
  mkdirSync(join(scratch.path, 'redis'));
  mkdirSync(pidsDir);
  await start();
});
afterEach(async () => {
  await server.stop(5000);
  await scratch.remove();
});

async function ask<T>(question: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url, { retryStrategy: () => null });
  redis.on('error', () => undefined);
  try {
    return await question(redis);
  } finally {
    redis.disconnect();
  }
}

describe('the private Redis', () => {
  it('keeps its data over a stop and is configured for BullMQ', async () => {
    await ask((redis) => redis.set('key', 'value'));
    await server.stop(5000);
    await start();
    expect(await ask((redis) => redis.get('key'))).toBe('value');
    expect(await ask((redis) => redis.config('GET', 'maxmemory-policy'))).toContain('noeviction');
    expect(statSync(join(scratch.path, 'redis', 'redis.conf')).mode & 0o777).toBe(0o600);
  });

  it('is not open to whoever has no password', async () => {
    url = url.replace('secret', 'guess');
    await expect(ask((redis) => redis.get('key'))).rejects.toThrow();
  });

  it('comes back on the same port after a crash', async () => {
    const recovered = once(server, 'recovered');
    process.kill(server.pid ?? NaN, 'SIGKILL');
    await recovered;
    expect(await ask((redis) => redis.ping())).toBe('PONG');
  });

  it('is found and stopped when a killed launcher left it', async () => {
    const pid = server.pid ?? NaN;
    expect(await stopOrphans(pidsDir, 5000)).toEqual(['redis']);
    expect(isAlive(pid)).toBe(false);
  });
});
