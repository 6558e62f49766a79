import { execFile } from 'node:child_process';
import { chmod, chown, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { freePort } from './free-port.js';
import { startGuarded, type GuardedProcess } from './guarded-process.js';
import { postgresBinaries, postgresUser } from './postgres-binaries.js';
import { temporaryDirectory } from './temporary-directory.js';
import type { TestServer } from './test-server.js';

const run = promisify(execFile);

/**
 * A private PostgreSQL on a free loopback port with an empty database. No flush to disk: it survives `kill()`, not a
 * power cut, which no test here makes.
 */
export async function startPostgres(): Promise<TestServer> {
  const { initdb, postgres } = postgresBinaries();
  const user = postgresUser();
  const directory = await temporaryDirectory('pbk-postgres-');
  if (user) await chown(directory.path, user.uid, user.gid);
  await chmod(directory.path, 0o700);
  await run(
    initdb,
    [
      `--pgdata=${directory.path}`,
      '--username=postgres',
      '--auth=trust',
      '--encoding=UTF8',
      '--no-locale',
      '--no-sync',
    ],
    { cwd: '/', ...user },
  );
  const port = await freePort();
  const settings = {
    fsync: 'off',
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    shared_buffers: '32MB',
    max_connections: '100',
  };
  const start = (): Promise<GuardedProcess> =>
    startGuarded(
      postgres,
      [
        ...['-D', directory.path, '-p', String(port)],
        ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ],
      { readyText: 'ready to accept connections', orphanSignal: 'INT', ...user },
    );
  let server = await start();
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    port,
    async kill() {
      const children = await childrenOf(server.pid);
      await server.end('SIGKILL');
      // They notice the loss by themselves, but may still answer a query before: a power cut would not let them.
      for (const pid of children) killIfAlive(pid);
    },
    async restart() {
      await server.end('SIGINT');
      server = await start();
    },
    async stop() {
      await server.end('SIGINT');
      await directory.remove();
    },
  };
}

/** Known on Linux; elsewhere none, and the children end a moment later by themselves. */
async function childrenOf(pid: number): Promise<number[]> {
  const list = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return list.split(' ').filter(Boolean).map(Number);
}

function killIfAlive(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
