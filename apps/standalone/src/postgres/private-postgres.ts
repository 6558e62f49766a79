import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { stopProcess } from '../processes/pid-file.js';
import { commandLineOf } from '../processes/process-identity.js';
import type { ProcessSpec } from '../processes/process-spec.js';
import { runToEnd } from '../processes/run-to-end.js';
import { postgresAccount, type PostgresAccount } from './postgres-account.js';
import { postgresPrograms } from './postgres-programs.js';

export interface PrivatePostgresOptions {
  readonly directory: string;
  readonly port: number;
  readonly password: string;
  readonly env: NodeJS.ProcessEnv;
}

const USER = 'periodic_backup';
const DATABASE = 'periodic_backup';
const RETRY_MS = 10;
const ORPHAN_DEADLINE_MS = 10_000;

/** A PostgreSQL on loopback, made at the first start; `ready` also makes its database. */
export async function privatePostgres(options: PrivatePostgresOptions): Promise<ProcessSpec> {
  const { directory, port, password } = options;
  const programs = postgresPrograms();
  const account = postgresAccount([dirname(programs.postgres), dirname(directory)]);
  const env = { ...options.env, LC_ALL: 'C' };
  if (!existsSync(join(directory, 'PG_VERSION')))
    await createCluster(programs.initdb, directory, password, account, env);
  await stopOrphanedPostmaster(directory);
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    shared_buffers: '32MB',
    max_connections: '60',
    max_wal_size: '256MB',
    jit: 'off',
    huge_pages: 'off',
  };
  const [command = '', ...args] = [
    ...account.prefix,
    programs.postgres,
    ...['-D', directory, '-p', String(port)],
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
  return {
    name: 'postgres',
    command,
    args,
    cwd: '/',
    env,
    ...(account.uid === undefined ? {} : { uid: account.uid }),
    ...(account.gid === undefined ? {} : { gid: account.gid }),
    marker: `-D ${directory} -p`,
    stopSignal: 'SIGINT', // fast shutdown
    ipc: false,
    ready: async (_child, signal) => {
      while (!signal.aborted && !(await ensureDatabase(port, password))) await delay(RETRY_MS);
    },
  };
}

export function databaseUrl(port: number, password: string): string {
  return `postgres://${USER}:${password}@127.0.0.1:${port}/${DATABASE}`;
}

async function createCluster(
  initdb: string,
  directory: string,
  password: string,
  { uid, gid, prefix }: PostgresAccount,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  // Made under another name: an interrupted creation is never taken for a cluster.
  const unfinished = `${directory}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  const owner = uid === undefined ? ownerOfPrefix(prefix) : { uid, gid: gid ?? uid };
  if (owner) chownSync(unfinished, owner.uid, owner.gid);
  const passwordFile = join(tmpdir(), `pbk-initdb-${process.pid}`);
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (owner) chownSync(passwordFile, owner.uid, owner.gid);
  try {
    const [command = '', ...args] = [
      ...prefix,
      initdb,
      ...['-D', unfinished, '--auth=scram-sha-256', `--username=${USER}`, `--pwfile=${passwordFile}`],
      ...['--encoding=UTF8', '--no-locale', '--data-checksums'],
    ];
    const ids = uid === undefined || gid === undefined ? {} : { uid, gid };
    const { succeeded, output } = await runToEnd(command, args, { ...ids, cwd: '/', env });
    if (!succeeded) throw new Error(`PostgreSQL could not be set up in ${directory}:\n${output}`);
    renameSync(unfinished, directory);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

function ownerOfPrefix(prefix: readonly string[]): { uid: number; gid: number } | undefined {
  const value = (flag: string): number => Number(prefix[prefix.indexOf(flag) + 1]);
  return prefix.length === 0 ? undefined : { uid: value('--reuid'), gid: value('--regid') };
}

/** PostgreSQL's own pid file names a server whose start our pid files may have missed. */
async function stopOrphanedPostmaster(directory: string): Promise<void> {
  let pid: number;
  try {
    pid = Number(readFileSync(join(directory, 'postmaster.pid'), 'utf8').split('\n')[0]);
  } catch {
    return;
  }
  if (pid > 0 && commandLineOf(pid).includes(`-D ${directory} -p`))
    await stopProcess(pid, 'SIGINT', ORPHAN_DEADLINE_MS);
}

/** True once it takes connections and the database is there. */
async function ensureDatabase(port: number, password: string): Promise<boolean> {
  const client = new pg.Client({ host: '127.0.0.1', port, user: USER, password, database: 'postgres' });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
