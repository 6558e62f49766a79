import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from './free-port.js';
import { startGuarded, type GuardedProcess } from './guarded-process.js';
import { temporaryDirectory } from './temporary-directory.js';
import type { ServerCertificate } from './test-certificates.js';
import type { TestServer } from './test-server.js';

export interface RedisServerOptions {
  /** Lets data survive `kill()` and `restart()`; without it nothing is stored. */
  readonly appendOnly?: boolean;
  /** TLS only, also towards other servers. */
  readonly certificate?: ServerCertificate | undefined;
  readonly port?: number;
  /** Further settings of redis.conf. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A private Redis on a free loopback port: `redis-server` of PATH, or the program that `REDIS_SERVER_BIN` names. */
export async function startRedis(options: RedisServerOptions = {}): Promise<TestServer> {
  const directory = await temporaryDirectory('pbk-redis-');
  const port = options.port ?? (await freePort());
  const settings = {
    ...(options.certificate
      ? await tlsSettings(directory.path, port, options.certificate)
      : { port: `${port}` }),
    ...{ bind: '127.0.0.1', dir: directory.path, save: '' },
    ...{ appendonly: options.appendOnly ? 'yes' : 'no', appendfsync: 'always' },
    ...{ 'maxmemory-policy': 'noeviction', hz: '100' },
    ...options.settings,
  };
  const start = (): Promise<GuardedProcess> =>
    startGuarded(
      redisProgram(),
      Object.entries(settings).flatMap(([name, value]) => [`--${name}`, ...value.split(/ (?=.)/)]),
      { readyText: 'eady to accept connections', orphanSignal: 'TERM' },
    );
  let server = await start();
  return {
    url: `${options.certificate ? 'rediss' : 'redis'}://127.0.0.1:${port}`,
    port,
    kill: () => server.end('SIGKILL'),
    async restart() {
      await server.end('SIGTERM');
      server = await start();
    },
    async stop() {
      await server.end('SIGTERM');
      await directory.remove();
    },
  };
}

export function redisProgram(): string {
  return process.env['REDIS_SERVER_BIN'] ?? 'redis-server';
}

/** Settings of a server that speaks TLS only; its files are written into `directory`. */
export async function tlsSettings(
  directory: string,
  port: number,
  { certPem, keyPem, caPem }: ServerCertificate,
): Promise<Record<string, string>> {
  const write = async (name: string, pem: string): Promise<string> => {
    const file = join(directory, name);
    await writeFile(file, pem, { mode: 0o600 });
    return file;
  };
  return {
    ...{ port: '0', 'tls-port': `${port}`, 'tls-auth-clients': 'no', 'tls-replication': 'yes' },
    'tls-cert-file': await write('server.pem', certPem),
    'tls-key-file': await write('server.key', keyPem),
    'tls-ca-cert-file': await write('ca.pem', caPem),
  };
}
