import { execFile } from 'node:child_process';
import { chmod, chown, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './free-port.js';
import { startGuarded, type GuardedProcess } from './guarded-process.js';
import { postgresBinaries, postgresUser, runAs } from './postgres-binaries.js';
import { temporaryDirectory } from './temporary-directory.js';
import type { ServerCertificate } from './test-certificates.js';
import type { TestServer } from './test-server.js';

const run = promisify(execFile);

export interface PostgresServerOptions {
  /** TLS connections only. */
  readonly certificate?: ServerCertificate;
  /** Nobody stops it: it ends, and its data go, once the test process has ended. */
  readonly endsWithProcess?: boolean;
}

/**
 * A private PostgreSQL on a free loopback port with an empty database. No flush to disk: it survives `kill()`, not a
 * power cut, which no test here makes.
 */
export async function startPostgres(options: PostgresServerOptions = {}): Promise<TestServer> {
  const { initdb, postgres } = postgresBinaries();
  const user = postgresUser();
  const { ids, prefix } = runAs(user, postgres);
  const directory = await temporaryDirectory('pbk-postgres-');
  if (user) await chown(directory.path, user.uid, user.gid);
  await chmod(directory.path, 0o700);
  const [initCommand = '', ...initArgs] = [...prefix, initdb];
  await run(
    initCommand,
    [
      ...initArgs,
      `--pgdata=${directory.path}`,
      '--username=postgres',
      '--auth=trust',
      '--encoding=UTF8',
      '--no-locale',
      '--no-sync',
    ],
    { cwd: '/', ...ids },
  );
  const port = await freePort();
  const settings = {
    fsync: 'off',
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    shared_buffers: '32MB',
    max_connections: '100',
    ...(options.certificate ? { ssl: 'on', hba_file: join(directory.path, 'tls_only.conf') } : {}),
  };
  if (options.certificate) await writeTlsFiles(directory.path, options.certificate, user);
  const [command = '', ...commandArgs] = [...prefix, postgres];
  const start = (): Promise<GuardedProcess> =>
    startGuarded(
      command,
      [
        ...commandArgs,
        ...['-D', directory.path, '-p', String(port)],
        ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ],
      {
        readyText: 'ready to accept connections',
        orphanSignal: 'INT',
        endsWithProcess: options.endsWithProcess ? { removed: directory.path } : undefined,
        ...ids,
      },
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

async function writeTlsFiles(
  directory: string,
  { certPem, keyPem }: ServerCertificate,
  user: { uid: number; gid: number } | undefined,
): Promise<void> {
  const files = {
    'server.crt': certPem,
    'server.key': keyPem,
    'tls_only.conf': 'hostssl all all 127.0.0.1/32 trust\n',
  };
  for (const [name, content] of Object.entries(files)) {
    const file = join(directory, name);
    await writeFile(file, content, { mode: 0o600 });
    if (user) await chown(file, user.uid, user.gid);
  }
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
