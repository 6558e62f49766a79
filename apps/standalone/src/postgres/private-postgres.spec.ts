import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { temporaryDirectory, until, type TemporaryDirectory } from '@periodic-backup/testing';
import pg from 'pg';
import { freePorts } from '../processes/free-port.js';
import { isAlive } from '../processes/process-identity.js';
import { ServiceLog } from '../processes/service-log.js';
import { SupervisedProcess } from '../processes/supervised-process.js';
import { databaseUrl, privatePostgres } from './private-postgres.js';

let scratch: TemporaryDirectory;
let server: SupervisedProcess;
let url: string;
const env = { PATH: process.env['PATH'] };

async function specOf(port: number) {
  return privatePostgres({ directory: join(scratch.path, 'postgres'), port, password: 'secret', env });
}

async function start(): Promise<void> {
  const [port = 0] = await freePorts(1);
  url = databaseUrl(port, 'secret');
  server = new SupervisedProcess(
    await specOf(port),
    new ServiceLog(join(scratch.path, 'log')),
    join(scratch.path, 'pids'),
  );
  await server.start();
}

async function query(sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

beforeAll(async () => {
  scratch = await temporaryDirectory();
  mkdirSync(join(scratch.path, 'pids'));
  // As under /root: nobody else may pass. As root, PostgreSQL's own user must get in all the same.
  chmodSync(scratch.path, 0o700);
  await start();
});
afterAll(async () => {
  await server.stop(5000);
  await scratch.remove();
});

describe('the private PostgreSQL', () => {
  it('flushes commits to disk and keeps them over a stop', async () => {
    await query('CREATE TABLE kept AS SELECT 1 AS one');
    await server.stop(5000);
    await start();
    expect(await query('SELECT one FROM kept')).toEqual([{ one: 1 }]);
    expect(await query('SHOW fsync')).toEqual([{ fsync: 'on' }]);
  });

  it('asks for its password', async () => {
    const real = url;
    url = url.replace('secret', 'guess');
    await expect(query('SELECT 1')).rejects.toThrow('password authentication failed');
    url = real;
  });

  it('stops a server that a killed launcher left, even one no pid file of ours names', async () => {
    await server.stop(5000);
    const [port = 0] = await freePorts(1);
    const { command, args, uid, gid } = await specOf(port);
    const ids = uid === undefined || gid === undefined ? {} : { uid, gid };
    const orphan = spawn(command, [...args], { ...ids, env, cwd: '/', stdio: 'ignore', detached: true });
    url = databaseUrl(port, 'secret');
    await until(() => query('SELECT 1'), { what: 'the orphan to answer' });
    await start();
    expect(isAlive(orphan.pid ?? NaN)).toBe(false);
    expect(await query('SELECT one FROM kept')).toEqual([{ one: 1 }]);
  });
});
