import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Redis } from 'ioredis';
import pg from 'pg';
import { startPostgres, startRedis, until, type TestServer } from './index.js';

const running: TestServer[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
});

test('a PostgreSQL keeps its rows over a kill and a restart', async () => {
  const server = await startPostgres();
  running.push(server);
  await query(server.url, 'create table t as select 7 as x');
  await server.kill();
  await expect(query(server.url, 'select 1')).rejects.toThrow('ECONNREFUSED');
  await server.restart();
  expect(await query(server.url, 'select x from t')).toEqual([{ x: 7 }]);
});

test('two Redis servers know nothing of each other', async () => {
  const [first, second] = await Promise.all([startRedis(), startRedis()]);
  running.push(first, second);
  await command(first.url, (redis) => redis.set('key', 'value'));
  expect(await command(second.url, (redis) => redis.get('key'))).toBeNull();
});

test('a Redis with an append-only file keeps its keys over a kill', async () => {
  const server = await startRedis({ appendOnly: true });
  running.push(server);
  await command(server.url, (redis) => redis.set('key', 'value'));
  await server.kill();
  await server.restart();
  expect(await command(server.url, (redis) => redis.get('key'))).toBe('value');
});

test('a program that ends before it is ready is reported with its output', async () => {
  const bin = process.env['REDIS_SERVER_BIN'];
  process.env['REDIS_SERVER_BIN'] = '/bin/ls';
  try {
    await expect(startRedis()).rejects.toThrow(/ended before it was ready/);
  } finally {
    if (bin === undefined) delete process.env['REDIS_SERVER_BIN'];
    else process.env['REDIS_SERVER_BIN'] = bin;
  }
});

test('a server dies with a test process that was killed', async () => {
  const module = JSON.stringify(new URL('./guarded-process.ts', import.meta.url).href);
  const script = `
    const { startGuarded } = await import(${module});
    const options = { readyText: 'up', orphanSignal: 'TERM' };
    const server = await startGuarded('/bin/sh', ['-c', 'echo up; exec sleep 600'], options);
    console.log(server.pid);
  `;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'pipe' });
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  const pid = Number(line.toString());
  expect(alive(pid)).toBe(true);
  parent.kill('SIGKILL');
  await until(() => !alive(pid), { what: 'the end of the orphan' });
});

function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query(text)).rows as unknown[];
  } finally {
    await client.end();
  }
}

async function command<T>(url: string, act: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url);
  try {
    return await act(redis);
  } finally {
    redis.disconnect();
  }
}
